// Usage: node keccak.mjs SEED LENGTHS
// Prints random byte strings of every length from 0 to LENGTHS with ethers' keccak-256 of them.
import { keccak256 } from 'ethers';
import { Draw } from './random.mjs';

const [seed, lengths] = process.argv.slice(2);
const draw = new Draw(`keccak ${seed}`);
const cases = Array.from({ length: Number(lengths) + 1 }, (_, length) => {
  const bytes = draw.bytes(length);
  return { bytes, digest: keccak256(bytes) };
});

process.stdout.write(JSON.stringify(cases));
