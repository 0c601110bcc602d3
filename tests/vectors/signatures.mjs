// Usage: node signatures.mjs SEED COUNT
// Prints COUNT random keys and digests with their RFC 6979 signatures by ethers, after all pairs of extreme ones.
import { SigningKey, computeAddress, toBeHex } from 'ethers';
import { Draw } from './random.mjs';

const [seed, count] = process.argv.slice(2);
const draw = new Draw(`signatures ${seed}`);
const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const word = (number) => toBeHex(number, 32);
const extremes = [1n, 2n, n >> 1n, n - 1n].flatMap(
  (secret) => [0n, 1n, n - 1n, n, n + 1n, (1n << 256n) - 1n].map((digest) => [word(secret), word(digest)]));
const random = Array.from({ length: Number(count) }, () => [draw.word(), draw.word()]);
const cases = [...extremes, ...random].map(([secret, digest]) => {
  const key = new SigningKey(secret);
  return { secret, digest, address: computeAddress(key.publicKey), signature: key.sign(digest).serialized };
});

process.stdout.write(JSON.stringify(cases));
