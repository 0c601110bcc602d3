// Usage: node merkle.mjs SEED COUNT...
// Prints, for each number of accounts, the slots with the leaves, root and proofs that @openzeppelin/merkle-tree makes of them:
// padded to a power of two with zero leaves, unsorted.
import { SimpleMerkleTree, StandardMerkleTree } from '@openzeppelin/merkle-tree';
import { ZeroHash } from 'ethers';
import { Draw } from './random.mjs';

const [seed, ...counts] = process.argv.slice(2);
const draw = new Draw(`merkle ${seed}`);
const token = draw.address();
const trees = counts.map(Number).map((count) => {
  const rows = Array.from({ length: count }, () => [draw.address(), token, draw.bits(128).toString()]);
  const standard = StandardMerkleTree.of(rows, ['address', 'address', 'uint256']);
  const leaves = rows.map((row) => standard.leafHash(row));
  const padded = [...leaves];
  while (padded.length & (padded.length - 1)) {
    padded.push(ZeroHash);
  }

  const tree = SimpleMerkleTree.of(padded, { sortLeaves: false });
  return {
    slots: rows.map(([account, , cumulative], i) => ({ account, cumulative, leaf: leaves[i], proof: tree.getProof(i) })),
    root: tree.root,
  };
});

process.stdout.write(JSON.stringify({ token, trees }));
