using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class BeaconTests
{
    private const int Epochs = 20;

    private static readonly Hash32 Seed = Keccak.HashUtf8("operator");

    private static Hash32[] Preimages => [.. Enumerable.Range(0, Epochs).Select(epoch => Beacon.Preimage(Seed, Epochs, epoch))];

    [Fact]
    public void FirstBreak_RevealedInOrder_LeadsBackToTheTip()
    {
        Assert.Equal(Seed, Preimages[^1]);
        Assert.True(Beacon.Follows(Beacon.Tip(Seed, Epochs), Preimages[0]));
        Assert.Equal(-1, Beacon.FirstBreak(Beacon.Tip(Seed, Epochs), Preimages));
        Assert.Equal(-1, Beacon.FirstBreak(Beacon.Tip(Seed, Epochs), Preimages.AsSpan()[..7]));
    }

    [Fact]
    public void FirstBreak_OneForgedPreimage_IsFoundThere() =>
        Gen.Int[0, Epochs - 1].Sample(epoch =>
        {
            var preimages = Preimages;
            preimages[epoch] = Keccak.HashUtf8("forged");
            Assert.Equal(epoch, Beacon.FirstBreak(Beacon.Tip(Seed, Epochs), preimages));
        });

    [Fact]
    public void Preimage_OutsideTheChain_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Beacon.Preimage(Seed, Epochs, Epochs));
        Assert.Throws<ArgumentOutOfRangeException>(() => Beacon.Preimage(Seed, Epochs, -1));
    }

    [Fact]
    public void Next_OfPreimageAndRoot_HashesThemInThisOrder()
    {
        var root = Keccak.HashUtf8("root");
        Assert.Equal(Keccak.Hash([.. Seed.ToArray(), .. root.ToArray()]), Beacon.Next(Seed, root));
        Assert.NotEqual(Beacon.Next(Seed, root), Beacon.Next(root, Seed));
    }

    [Fact]
    public void CommitmentsRoot_AnyOrderOfArrival_IsTheSame() =>
        Gen.ULong.Array[0, 12].Sample(values =>
        {
            var commitments = values.Select(value => Keccak.HashUtf8($"{value}")).ToArray();
            var shuffled = commitments.ToArray();
            new KeccakStream(Seed).Shuffle<Hash32>(shuffled);
            Assert.Equal(Beacon.CommitmentsRoot(commitments), Beacon.CommitmentsRoot(shuffled));
            Assert.NotEqual(Beacon.CommitmentsRoot(commitments), Beacon.CommitmentsRoot([.. commitments, Seed]));
        });

    [Fact]
    public void CommitmentsRoot_Two_HashesCountAndSortedWords()
    {
        var (low, high) = (Hash32.Parse(new string('1', 64)), Hash32.Parse(new string('2', 64)));
        Assert.Equal(new AbiWriter(3).UInt(2).Hash(low).Hash(high).Hash(), Beacon.CommitmentsRoot([high, low]));
        Assert.Equal(new AbiWriter(1).UInt(0).Hash(), Beacon.CommitmentsRoot([]));
    }
}
