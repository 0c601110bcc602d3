using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gaib.Domain.Settlement;

/// <summary>
/// The Merkle tree over all accounts of one chain and token, for those who claim in bulk. Slots are fixed and padded to a power of two
/// with zero leaves, so that one change touches one path. A leaf is OpenZeppelin's standard encoding
/// <c>keccak256(keccak256(abi.encode(address account, address token, uint256 cumulative)))</c>, a node the keccak256 of its two
/// children in ascending order; the root equals <c>SimpleMerkleTree.of(padded, { sortLeaves: false })</c> of @openzeppelin/merkle-tree
/// and its proofs pass MerkleProof.verify.
/// </summary>
/// <remarks>Not thread-safe: one owner changes it. A proof belongs to the root of its moment.</remarks>
public sealed class SettlementTree
{
    /// <summary>Version of the tree's rule, as exports state it.</summary>
    public const int RuleVersion = 1;

    /// <summary>The greatest depth: 2^26 slots take 4 GiB.</summary>
    public const int DepthMax = 26;

    private readonly Dictionary<Address, int> _slotOf = [];
    private readonly List<SettlementSlot> _slots = [];

    // _levels[k] holds the nodes k levels above the leaves, 2^(depth - k) of them; the last level is the root alone.
    private readonly List<Hash32[]> _levels = [];

    // The root of an empty subtree by height, as far as the tree is high.
    private readonly List<Hash32> _empty = [];

    /// <summary>An empty tree.</summary>
    /// <param name="token">The ERC-20 contract that the leaves name.</param>
    public SettlementTree(Address token)
        : this(token, depth: 0)
    {
    }

    private SettlementTree(Address token, int depth)
    {
        Token = token;
        for (var k = 0; k <= depth; k++)
        {
            _empty.Add(k == 0 ? Hash32.Zero : Node(_empty[^1], _empty[^1]));
            _levels.Add(new Hash32[1 << (depth - k)]);
            _levels[k].AsSpan().Fill(_empty[k]);
        }
    }

    /// <summary>The ERC-20 contract that the leaves name.</summary>
    public Address Token { get; }

    /// <summary>Number of levels below the root: the tree has 2^depth leaves and a proof has depth nodes.</summary>
    public int Depth => _levels.Count - 1;

    /// <summary>The root; zero for a tree without accounts.</summary>
    public Hash32 Root => _levels[^1][0];

    /// <summary>The slots in order, without the padding.</summary>
    public IReadOnlyList<SettlementSlot> Slots => _slots;

    /// <summary>Builds a tree over slots at once: 3 hashes a slot.</summary>
    /// <param name="token">The ERC-20 contract that the leaves name.</param>
    /// <param name="slots">The slots in order, as <see cref="Slots"/> gives them.</param>
    /// <exception cref="ArgumentException">An account has two slots, or there are more than 2^26 slots.</exception>
    public static SettlementTree Build(Address token, ReadOnlySpan<SettlementSlot> slots)
    {
        if (slots.Length > 1 << DepthMax)
        {
            throw new ArgumentException($"A settlement tree holds at most 2^{DepthMax} accounts.", nameof(slots));
        }

        var tree = new SettlementTree(token, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, slots.Length))));
        tree._slotOf.EnsureCapacity(slots.Length);
        tree._slots.AddRange(slots);
        var leaves = tree._levels[0];
        for (var i = 0; i < slots.Length; i++)
        {
            tree._slotOf.Add(slots[i].Account, i);
            leaves[i] = Leaf(slots[i].Account, token, slots[i].Cumulative);
        }

        for (int k = 1, used = slots.Length; k <= tree.Depth; k++)
        {
            used = (used + 1) / 2;
            for (var i = 0; i < used; i++)
            {
                tree._levels[k][i] = Node(tree._levels[k - 1][2 * i], tree._levels[k - 1][(2 * i) + 1]);
            }
        }

        return tree;
    }

    /// <summary>The slot of an account.</summary>
    /// <returns>False when the account has none yet.</returns>
    public bool TryGetSlot(Address account, out int slot) => _slotOf.TryGetValue(account, out slot);

    /// <summary>Sets an account's cumulative amount, in O(depth). An account without a slot gets the next free one, forever.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cumulative">All that the account has ever withdrawn to the chain, in base units.</param>
    /// <returns>The account's slot, or CumulativeFalls (nothing has changed then).</returns>
    public Outcome<int> Set(Address account, UInt128 cumulative)
    {
        if (!_slotOf.TryGetValue(account, out var slot))
        {
            slot = Append(account);
        }
        else if (cumulative < _slots[slot].Cumulative)
        {
            var (limit, actual) = (SettlementRules.Number(_slots[slot].Cumulative), SettlementRules.Number(cumulative));
            return new Rejection(Reason.CumulativeFalls, limit, actual, account.ToString());
        }

        _slots[slot] = new SettlementSlot(account, cumulative);
        _levels[0][slot] = Leaf(account, Token, cumulative);
        for (int k = 1, i = slot / 2; k <= Depth; k++, i /= 2)
        {
            _levels[k][i] = Node(_levels[k - 1][2 * i], _levels[k - 1][(2 * i) + 1]);
        }

        return slot;
    }

    /// <summary>The siblings from a slot's leaf up to the root, <see cref="Depth"/> of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The slot is not taken.</exception>
    public ImmutableArray<Hash32> Proof(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, _slots.Count);
        var proof = new Hash32[Depth];
        for (var k = 0; k < proof.Length; k++)
        {
            proof[k] = _levels[k][(slot >> k) ^ 1];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(proof);
    }

    /// <summary>The leaf of an account: <c>keccak256(keccak256(abi.encode(account, token, cumulative)))</c>.</summary>
    public static Hash32 Leaf(Address account, Address token, UInt128 cumulative)
    {
        // Written by hand and not with AbiWriter, because a million leaves would be two million allocations.
        Span<byte> words = stackalloc byte[3 * Hash32.Size];
        words.Clear();
        account.CopyTo(words[12..]);
        token.CopyTo(words[44..]);
        BinaryPrimitives.WriteUInt128BigEndian(words[80..], cumulative);
        Keccak.Hash(words).CopyTo(words);
        return Keccak.Hash(words[..Hash32.Size]);
    }

    /// <summary>The node over two others: keccak256 of both in ascending order, as OpenZeppelin's MerkleProof hashes pairs.</summary>
    public static Hash32 Node(Hash32 a, Hash32 b) => a < b ? Keccak.Hash(a, b) : Keccak.Hash(b, a);

    /// <summary>Whether a leaf belongs to a root, as the contract checks it. Recompute the leaf by <see cref="Leaf"/>; never take it from the claimant.</summary>
    public static bool Verify(Hash32 root, Hash32 leaf, ReadOnlySpan<Hash32> proof)
    {
        var node = leaf;
        foreach (var sibling in proof)
        {
            node = Node(node, sibling);
        }

        return node == root;
    }

    private int Append(Address account)
    {
        if (_slots.Count == _levels[0].Length)
        {
            Grow();
        }

        var slot = _slots.Count;
        _slots.Add(new SettlementSlot(account, 0));
        _slotOf.Add(account, slot);
        return slot;
    }

    // Doubles the tree: the old one becomes the left half under a new root, the right half is empty.
    private void Grow()
    {
        if (Depth == DepthMax)
        {
            throw new InvalidOperationException($"A settlement tree holds at most 2^{DepthMax} accounts.");
        }

        for (var k = 0; k < _levels.Count; k++)
        {
            var grown = new Hash32[2 * _levels[k].Length];
            _levels[k].CopyTo(grown, 0);
            grown.AsSpan(_levels[k].Length).Fill(_empty[k]);
            _levels[k] = grown;
        }

        _empty.Add(Node(_empty[^1], _empty[^1]));
        _levels.Add([Node(_levels[^1][0], _levels[^1][1])]);
    }
}
