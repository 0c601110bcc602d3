using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Models;

/// <summary>Hashes that an implementation in another language gives for the same fields: 32-byte big-endian words in the documented order.</summary>
public sealed class GoldenTests
{
    [Fact]
    public void ReceiptHash_Vector_IsPinned()
    {
        var receipt = new Receipt(Hash(1), 2, Hash(3), Hash(4), 5, 6, Hash(7), Account(8), Hash(9), Hash(10), Hash(11), 12, Hash(13));

        Assert.Equal("0xca0d196ae45969d7f43b40eb97ec700a4d31b24aec8826aa479a1e83e9762c2b", receipt.Hash.ToString());
    }

    [Fact]
    public void PriceId_Vector_IsPinned() => Assert.Equal("0x05e840fc89a98440f3577fdb37cb2edc4b704d758eff17e3034fabab2b14846b", PriceRecord.IdOf(Hash(1), 2, 3, 4).ToString());

    [Fact]
    public void CommitmentHash_Vector_IsPinned() =>
        Assert.Equal("0xf78eec30fb144f029e730df6b56a787c856954332bdf5d3a4844a7e5a0ef1c83", new HostEpochCommitment(Account(1), 2, Hash(3), 4, 5).Hash().ToString());

    [Fact]
    public void HolderPool_Vector_IsPinned() => Assert.Equal("0x508a78bba2e747fae640b091c15aa8e0a479a9d7454b954c1e8cdd1fa1fcbf91", ShareIssueRule.HolderPool(Hash(1)).ToString());

    [Fact]
    public void RecordHash_Vector_IsPinned() =>
        Assert.Equal("0xb79e4315cadfde2771910f3dacda88b95fa0d31e3bdbe03270592e0dd571722b", Record(new ParentShare(Hash(9), 5)).Hash().ToString());

    [Fact]
    public void ReceiptHash_AnyField_ChangesIt()
    {
        var receipt = new Receipt(Hash(1), 2, Hash(3), Hash(4), 5, 6, Hash(7), Account(8), Hash(9), Hash(10), Hash(11), 12, Hash(13));
        Receipt[] changed =
        [
            receipt, receipt with { Session = Hash(99) }, receipt with { Seq = 99 }, receipt with { Model = Hash(99) }, receipt with { Price = Hash(99) },
            receipt with { Units = 99 }, receipt with { Fee = 99 }, receipt with { Gpu = Hash(99) }, receipt with { Host = Account(99) },
            receipt with { Weights = Hash(99) }, receipt with { InputHash = Hash(99) }, receipt with { OutputHash = Hash(99) },
            receipt with { At = 99 }, receipt with { At = -12 }, receipt with { Previous = Hash(99) },
        ];

        Assert.Equal(changed.Length, changed.Select(r => r.Hash).Distinct().Count());
    }
}
