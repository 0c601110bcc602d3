// Usage: node settlement.mjs SEED COUNT
// Prints COUNT random messages of each kind that Gaib's settlement signs, with their digests and signatures by an ethers wallet.
import { TypedDataEncoder, Wallet } from 'ethers';
import { Draw } from './random.mjs';

const [seed, count] = process.argv.slice(2);
const draw = new Draw(`settlement ${seed}`);
const kinds = {
  Settlement: 'address account,address token,uint256 cumulative,uint64 epoch,uint64 deadline',
  SettlementPolicy: 'address account,uint64 chain,uint128 threshold,uint64 period,int64 validUntil,uint128 nonce,int64 deadline',
  Withdraw: 'address account,uint64 chain,uint128 amount,uint128 nonce,int64 deadline',
};

function value(type) {
  switch (type) {
    case 'address': return draw.address();
    case 'int64': return (draw.bits(64) - (1n << 63n)).toString();
    case 'uint64': return draw.bits(64).toString();
    default: return draw.bits(128).toString();
  }
}

const cases = [];
for (const [kind, members] of Object.entries(kinds)) {
  const fields = members.split(',').map((member) => member.split(' ')).map(([type, name]) => ({ name, type }));
  for (let i = 0; i < Number(count); i++) {
    const domain = draw.below(2) === 1
      ? { name: 'Gaib', version: '1', chainId: 1 + draw.below(1e9), verifyingContract: draw.address() }
      : { name: 'Gaib', version: '1', salt: draw.word() };
    const message = Object.fromEntries(fields.map(({ name, type }) => [name, value(type)]));
    const secret = draw.word();
    const wallet = new Wallet(secret);
    cases.push({
      kind, domain, message, secret,
      digest: TypedDataEncoder.hash(domain, { [kind]: fields }, message),
      address: wallet.address,
      signature: await wallet.signTypedData(domain, { [kind]: fields }, message),
    });
  }
}

process.stdout.write(JSON.stringify(cases));
