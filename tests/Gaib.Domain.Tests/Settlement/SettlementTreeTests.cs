using CsCheck;
using Gaib.Domain.Settlement;

namespace Gaib.Domain.Tests.Settlement;

/// <summary>However the tree came about, it is the tree over its slots; and its proofs show these slots only.</summary>
public sealed class SettlementTreeTests
{
    private static readonly Address Token = Address.FromHash(Keccak.HashUtf8("token"));

    private static Address Account(int i) => Address.FromHash(Keccak.HashUtf8($"account {i}"));

    [Fact]
    public void Root_WithoutAccounts_IsZero()
    {
        var tree = new SettlementTree(Token);
        Assert.Equal((Hash32.Zero, 0, 0), (tree.Root, tree.Depth, tree.Slots.Count));
        Assert.Equal(Hash32.Zero, SettlementTree.Build(Token, []).Root);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Proof(0));
    }

    [Fact]
    public void Set_RandomChanges_EqualsTheTreeOverTheSlots()
    {
        var (grew, rose, fell) = (0, 0, 0);
        Gen.Select(Gen.Int[0, 40], Gen.ULong[0, 1_000]).Array[1, 120].Sample(
            changes =>
            {
                var tree = new SettlementTree(Token);
                var order = new List<int>();
                var cumulative = new Dictionary<int, UInt128>();
                foreach (var (i, amount) in changes)
                {
                    var falls = cumulative.TryGetValue(i, out var before) && amount < before;
                    var root = tree.Root;
                    var outcome = tree.Set(Account(i), amount);
                    Assert.Equal(falls ? Reason.CumulativeFalls : null, outcome.Rejection?.Reason);
                    Assert.True(!falls || root == tree.Root);
                    if (!falls)
                    {
                        Interlocked.Increment(ref cumulative.ContainsKey(i) ? ref rose : ref grew);
                        order.Add(i);
                        cumulative[i] = amount;
                        Assert.Equal(order.Distinct().ToList().IndexOf(i), outcome.Value);
                    }

                    Interlocked.Add(ref fell, falls ? 1 : 0);
                }

                var slots = order.Distinct().Select(i => new SettlementSlot(Account(i), cumulative[i])).ToArray();
                Assert.Equal(slots, tree.Slots);
                Assert.Equal(Naive(slots), tree.Root);
                Assert.Equal(tree.Root, SettlementTree.Build(Token, slots).Root);
            },
            iter: 100);
        Assert.True(grew > 100 && rose > 100 && fell > 100, $"{grew} new, {rose} risen, {fell} refused");
    }

    [Fact]
    public void Verify_EverySlotAtEverySize_HoldsForThatLeafOnly()
    {
        var tree = new SettlementTree(Token);
        for (var count = 1; count <= 33; count++)
        {
            Assert.Equal(count - 1, tree.Set(Account(count), (UInt128)count).Value);
            Assert.Equal(Math.Ceiling(Math.Log2(count)), tree.Depth);
            for (var slot = 0; slot < count; slot++)
            {
                var proof = tree.Proof(slot);
                var leaf = SettlementTree.Leaf(Account(slot + 1), Token, (UInt128)(slot + 1));
                Assert.True(SettlementTree.Verify(tree.Root, leaf, proof.AsSpan()));
                Assert.False(SettlementTree.Verify(tree.Root, SettlementTree.Leaf(Account(slot + 1), Token, (UInt128)(slot + 2)), proof.AsSpan()));
                Assert.False(SettlementTree.Verify(tree.Root, SettlementTree.Leaf(Account(slot + 2), Token, (UInt128)(slot + 1)), proof.AsSpan()));
                Assert.False(SettlementTree.Verify(tree.Root, SettlementTree.Leaf(Account(slot + 1), Account(0), (UInt128)(slot + 1)), proof.AsSpan()));
                Assert.False(count > 1 && SettlementTree.Verify(tree.Root, leaf, proof.AsSpan()[1..]));
            }
        }
    }

    [Fact]
    public void Leaf_AnySlot_IsTheDoubleHashOfTheAbiWords() =>
        Gen.Select(Gen.Byte.Array[20], Gen.UInt128).Sample((bytes, cumulative) =>
        {
            var words = new AbiWriter(3).Address(new Address(bytes)).Address(Token).UInt(cumulative).Written.ToArray();
            Assert.Equal(Keccak.Hash(Keccak.Hash(words).ToArray()), SettlementTree.Leaf(new Address(bytes), Token, cumulative));
        });

    [Fact]
    public void TryGetSlot_KnownAndUnknownAccount_TellsThem()
    {
        var tree = SettlementTree.Build(Token, [new(Account(5), 1), new(Account(3), 2)]);
        Assert.True(tree.TryGetSlot(Account(3), out var slot));
        Assert.Equal(1, slot);
        Assert.False(tree.TryGetSlot(Account(4), out _));
        Assert.Equal(2, tree.Set(Account(4), 0).Value);
    }

    [Fact]
    public void Build_AccountTwice_IsRefused() => Assert.Throws<ArgumentException>(
        () => SettlementTree.Build(Token, [new(Account(5), 1), new(Account(5), 2)]));

    private static Hash32 Naive(SettlementSlot[] slots)
    {
        var level = slots.Select(slot => SettlementTree.Leaf(slot.Account, Token, slot.Cumulative)).ToList();
        while ((level.Count & (level.Count - 1)) != 0)
        {
            level.Add(Hash32.Zero);
        }

        while (level.Count > 1)
        {
            level = level.Chunk(2).Select(pair => Keccak.Hash(pair.Min(), pair.Max())).ToList();
        }

        return level[0];
    }
}
