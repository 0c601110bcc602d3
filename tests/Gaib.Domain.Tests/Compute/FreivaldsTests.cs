using System.Buffers.Binary;
using CsCheck;
using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>The challenge's matrices, and the check of their product.</summary>
public sealed class FreivaldsTests
{
    private static readonly GemmChallenge Challenge = new(Keccak.HashUtf8("seed"), 24);
    private static readonly Hash32 Beacon = Keccak.HashUtf8("later");
    private static readonly byte[] Product = Multiply(Challenge);

    [Fact]
    public void Check_RightProduct_Passes()
    {
        foreach (var size in new[] { 1, 2, 7, 24, 65 })
        {
            var challenge = Challenge with { Size = size };
            var product = Multiply(challenge);
            Assert.Null(Freivalds.Check(challenge, product, Keccak.Hash(product), Beacon));
        }
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(-1L)]
    [InlineData(127L)]
    [InlineData(1L << 16)]
    [InlineData(Freivalds.Modulus)]
    [InlineData(-Freivalds.Modulus)]
    [InlineData(1L << 31)]
    public void Check_EverySingleEntryChanged_Fails(long change)
    {
        for (var entry = 0; entry < Challenge.Size * Challenge.Size; entry++)
        {
            var wrong = Changed(entry, change);

            // One vector suffices, because none of its entries is 0; the worker commits to the wrong product, as a liar would.
            var rejection = Freivalds.Check(Challenge, wrong, Keccak.Hash(wrong), Beacon, rounds: 1);
            Assert.Equal(Reason.ChallengeFailed, rejection!.Reason);
            Assert.Equal(Math.Abs(change) >= Freivalds.Modulus ? "range" : "product", rejection.Subject);
        }
    }

    [Fact]
    public void Check_SeveralEntriesChanged_Fails() =>
        Gen.Select(Gen.Int[0, 575], Gen.Int[-500, 500].Where(d => d != 0)).Array[2, 20].Sample(changes =>
        {
            var wrong = (byte[])Product.Clone();
            foreach (var (entry, change) in changes)
            {
                Write(wrong, entry, Read(wrong, entry) + change);
            }

            Assert.Equal(wrong.AsSpan().SequenceEqual(Product), Freivalds.Check(Challenge, wrong, Keccak.Hash(wrong), Beacon) is null);
        });

    [Fact]
    public void Check_CommitmentOrLengthWrong_IsNamed()
    {
        Assert.Equal("commitment", Freivalds.Check(Challenge, Changed(0, 1), Keccak.Hash(Product), Beacon)!.Subject);
        Assert.Equal("length", Freivalds.Check(Challenge, Product.AsSpan(4), Keccak.Hash(Product), Beacon)!.Subject);
    }

    // The pinned entries are printed by tests/Gaib.Cuda.Tests/vectors/training.py, a separate program that follows the documented rule.
    [Fact]
    public void Generate_KnownSeed_GivesPinnedEntriesWithinRange()
    {
        Assert.Equal([-57, -109, 76, -97, 11, -81, -28, -44], new GemmChallenge(Hash32.Zero, 4).Left()[..8]);
        Assert.Equal([-102, -82, 117, 43, -124, 18, -90, -24], new GemmChallenge(Hash32.Zero, 7).Left()[40..48]);
        var entries = new GemmChallenge(Hash32.Zero, 300).Right();
        Assert.Equal(-GemmChallenge.EntryMax, entries.Min());
        Assert.Equal(GemmChallenge.EntryMax, entries.Max());
        Assert.NotEqual(Challenge.Left(), Challenge.Right());
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(23, 1)]
    [InlineData(24, 2)]
    [InlineData(6L << 20, 1024)]
    [InlineData(1L << 62, GemmChallenge.SizeMax)]
    public void ForMemory_AnyMemory_TakesTheLargestThatFits(long bytes, int size) =>
        Assert.Equal(size, GemmChallenge.ForMemory(default, bytes).Size);

    [Fact]
    public void SizeMax_LargestEntries_CannotHideBehindTheModulus() =>
        Assert.True(2L * GemmChallenge.SizeMax * GemmChallenge.EntryMax * GemmChallenge.EntryMax < Freivalds.Modulus);

    private static byte[] Changed(int entry, long change)
    {
        // A change past the ends of int32 would wrap; the other direction shows the same multiple of the modulus.
        var wrong = (byte[])Product.Clone();
        var value = Read(wrong, entry) + change;
        Write(wrong, entry, value is < int.MinValue or > int.MaxValue ? Read(wrong, entry) - change : value);
        return wrong;
    }

    private static byte[] Multiply(GemmChallenge challenge)
    {
        var (n, left, right) = (challenge.Size, challenge.Left(), challenge.Right());
        var product = new byte[4 * n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0L;
                for (var k = 0; k < n; k++)
                {
                    sum += left[(i * n) + k] * right[(k * n) + j];
                }

                Write(product, (i * n) + j, sum);
            }
        }

        return product;
    }

    private static long Read(byte[] product, int entry) => BinaryPrimitives.ReadInt32LittleEndian(product.AsSpan(4 * entry));

    private static void Write(byte[] product, int entry, long value) =>
        BinaryPrimitives.WriteInt32LittleEndian(product.AsSpan(4 * entry), checked((int)value));
}
