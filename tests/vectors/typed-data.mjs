// Usage: node typed-data.mjs SEED COUNT
// Prints COUNT random EIP-712 messages (nested structs, arrays of arrays, every atomic type) with ethers' hashes of them.
import { TypedDataEncoder } from 'ethers';
import { Draw } from './random.mjs';

const [seed, count] = process.argv.slice(2);
const draw = new Draw(`typed data ${seed}`);
const texts = ['', 'Hello, Bob!', 'Ünïcode — 東京 🜁', '"quotes" \\ and\nlines', 'a'.repeat(200)];
const domainMembers = [
  ['name', 'string'], ['version', 'string'], ['chainId', 'uint256'], ['verifyingContract', 'address'], ['salt', 'bytes32'],
];

function elementary() {
  const size = 1 + draw.below(32);
  return draw.pick(['bool', 'address', 'string', 'bytes', `bytes${size}`, `uint${8 * size}`, `int${8 * size}`]);
}

function suffix() {
  return draw.pick(['', '', '', '', '[]', '[2]', '[][3]', '[1][]']);
}

// Structs S0 … Sn, each one but the first referred to by an earlier one, so that S0 is the only possible primary type.
function makeTypes() {
  const names = Array.from({ length: 1 + draw.below(4) }, (_, i) => `${draw.pick(['S', '_s', 'Z$', 'a'])}${i}`);
  const types = Object.fromEntries(names.map((name) => [name, []]));
  names.forEach((name, i) => {
    for (let m = 0; m < 1 + draw.below(4); m++) {
      types[name].push({ name: `m${m}`, type: elementary() + suffix() });
    }

    if (i > 0) {
      types[names[draw.below(i)]].push({ name: `to${i}`, type: name + suffix() });
    }
  });
  return { primaryType: names[0], types };
}

function number(type) {
  const signed = type.startsWith('int');
  const bits = Number(type.slice(signed ? 3 : 4));
  const value = signed ? draw.bits(bits) - (1n << BigInt(bits - 1)) : draw.bits(bits);
  const safe = value >= -(2n ** 53n) && value <= 2n ** 53n - 1n;
  const forms = [value.toString()];
  if (safe) forms.push(Number(value));
  if (value >= 0n) forms.push(`0x${value.toString(16)}`);
  return draw.pick(forms);
}

function value(type, types) {
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array) {
    const length = array[2] === '' ? draw.below(4) : Number(array[2]);
    return Array.from({ length }, () => value(array[1], types));
  }

  if (types[type]) {
    return Object.fromEntries(types[type].map((member) => [member.name, value(member.type, types)]));
  }

  switch (type) {
    case 'bool': return draw.below(2) === 1;
    case 'address': return draw.address();
    case 'string': return draw.pick(texts);
    case 'bytes': return draw.bytes(draw.below(70));
    default: return type.startsWith('bytes') ? draw.bytes(Number(type.slice(5))) : number(type);
  }
}

const cases = [];
for (let i = 0; i < Number(count); i++) {
  const { primaryType, types } = makeTypes();
  const given = domainMembers.filter(() => draw.below(2) === 1);
  const domain = Object.fromEntries(given.map(([name, type]) => [name, value(type, {})]));
  const message = value(primaryType, types);
  // Wallets are sent the domain's type, other callers leave it to the library; both must give the same.
  const written = draw.below(2) === 1 ? { EIP712Domain: given.map(([name, type]) => ({ name, type })), ...types } : types;
  const encoder = new TypedDataEncoder(types);
  cases.push({
    json: JSON.stringify({ types: written, primaryType, domain, message }),
    typeString: encoder.encodeType(primaryType),
    separator: TypedDataEncoder.hashDomain(domain),
    structHash: encoder.hashStruct(primaryType, message),
    digest: TypedDataEncoder.hash(domain, types, message),
  });
}

process.stdout.write(JSON.stringify(cases));
