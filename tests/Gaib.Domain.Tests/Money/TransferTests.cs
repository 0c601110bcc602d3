using System.Runtime.InteropServices;
using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

public sealed class TransferTests
{
    [Fact]
    public void Fingerprint_OfOneBitChanged_IsAnotherOneForEveryBit()
    {
        var transfer = Move(Alice, Bob, 1_000) with { Id = Transfer.IdOf(16, 5), Cause = Model, Phase = TransferPhase.Reserve, ExpiresAt = 77 };
        var (seen, ignored) = (new HashSet<ulong> { transfer.Fingerprint() }, 0);
        for (var bit = 0; bit < 8 * Transfer.SizeInBytes; bit++)
        {
            var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<Transfer>(in transfer)).ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var other = MemoryMarshal.Read<Transfer>(bytes);
            if (other with { Id = transfer.Id, Result = Reason.None, Peer = 0 } == transfer)
            {
                Assert.Equal(transfer.Fingerprint(), other.Fingerprint());
                ignored++;
            }
            else
            {
                Assert.True(seen.Add(other.Fingerprint()), $"bit {bit}");
            }
        }

        // Result and Peer are the book's to set, and fingerprints are compared of one id.
        Assert.Equal(128 + 16 + 32, ignored);
    }

    [Fact]
    public void Fingerprint_OfTwoFieldsChangedAlike_IsAnotherOne()
    {
        // The bits of flags and phase lie where those of the reservation's id lie in another word.
        var post = new Transfer { Id = Transfer.IdOf(16, 5), Of = Transfer.IdOf(16, 4), Phase = TransferPhase.Post, Amount = 9 };
        Assert.NotEqual(post.Fingerprint(), (post with { Of = post.Of ^ 0x100, Flags = TransferFlags.Linked }).Fingerprint());
        var closing = post with { Flags = TransferFlags.Closing };
        Assert.NotEqual(closing.Fingerprint(), (closing with { Of = post.Of ^ 1, Phase = TransferPhase.Void }).Fingerprint());
    }

    [Theory]
    [InlineData(TransferPhase.Single, TransferFlags.None, false)]
    [InlineData(TransferPhase.Post, TransferFlags.None, false)]
    [InlineData(TransferPhase.Single, TransferFlags.Linked, false)]
    [InlineData(TransferPhase.Single, TransferFlags.Collect, true)]
    [InlineData(TransferPhase.Post, TransferFlags.Closing, true)]
    [InlineData(TransferPhase.Void, TransferFlags.None, true)]
    [InlineData(TransferPhase.Expire, TransferFlags.None, true)]
    public void Fingerprint_OfAnAmountThatTheBookFillsIn_LeavesItOut(TransferPhase phase, TransferFlags flags, bool isResolved)
    {
        var transfer = Move(Alice, Bob, 1) with { Phase = phase, Flags = flags };
        Assert.Equal(isResolved, transfer.IsResolvedByBook);
        Assert.Equal(isResolved, transfer.Fingerprint() == (transfer with { Amount = 2 }).Fingerprint());
    }

    [Fact]
    public void Id_OfWriterAndSequence_IsTakenApartAgain()
    {
        var transfer = new Transfer { Id = Transfer.IdOf(0x0102030405060708, ulong.MaxValue) };
        Assert.Equal((0x0102030405060708UL, ulong.MaxValue), (transfer.Writer, transfer.Sequence));
        Assert.Equal(new UInt128(0x0102030405060708, ulong.MaxValue), transfer.Id);
    }

    [Fact]
    public void Pay_IsTheTransferThatItSays()
    {
        var pay = new Pay(Alice.Key, Bob.Key, 7, 8, 9, 10);
        Assert.Equal(new Transfer { Debit = Alice, Credit = Bob, Asset = new AssetId(7), Amount = 8 }, pay.ToTransfer());
        Assert.Equal("Pay(address account,address to,uint64 asset,uint128 amount,uint128 nonce,int64 deadline)", pay.TypeString);
        Assert.Equal(["7", "8", "9", "10"], pay.Fields.Skip(2).Select(field => field.Text));
        Assert.Equal(pay.TypeString, CommandTypes.TypeString("Pay"));
    }

    [Fact]
    public void CommandTypes_AreAllThatCanBeSigned()
    {
        Assert.Equal(
            [
                "Ask", "CloseSession", "DataRightWithdrawal", "Manifest", "OpenSession", "Order", "Pay", "PostJob", "SetPrice", "SettlementPolicy",
                "Stake", "Unstake", "Withdraw", "WithdrawAsk",
            ],
            CommandTypes.Names.Order(StringComparer.Ordinal));
        Assert.All(CommandTypes.Names, name => Assert.StartsWith(name + "(", CommandTypes.TypeString(name)));
        Assert.All(CommandTypes.Names, name => Assert.True(CommandTypes.IsKnown(name)));
        Assert.False(CommandTypes.IsKnown("pay"));
        Assert.Throws<KeyNotFoundException>(() => CommandTypes.TypeString("pay"));
    }
}
