using CsCheck;
using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A transfer in its shortest form is the transfer: the same answer, the same row, the same state.</summary>
public sealed class BookPlainBatchTests
{
    private static readonly AccountId Elsewhere = AccountId.Person(Address.Parse("0x00000000000000000000000000000000000000ee"));

    private static readonly AccountId[] Accounts =
        [Alice, Bob, Carol, Elsewhere, Pool, AccountId.Treasury, AccountId.Issuance, AccountId.DueTo(0), default, AccountId.Of(AccountKind.Pool, Hash32.Zero), Alice, Bob];

    private static readonly Gen<(Transfer[] Moves, ulong First, ulong Floor)> Batches = Gen.Select(
        Gen.Select(Gen.Int[0, Accounts.Length - 1], Gen.Int[0, Accounts.Length - 1], Gen.ULong[0, 700])
            .Select((from, to, amount) => Move(Accounts[from], Accounts[to], amount)).Array[0, 70],
        Gen.ULong[0, 90],
        Gen.ULong[0, 40]);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(2, 3)]
    public void ApplyPlainBatch_Always_DoesWhatApplyBatchDoes(int number, int books) => Batches.Array[1, 6].Sample(batches =>
    {
        var place = new BookPlace((uint)number, (uint)books);
        var (plain, whole) = (new Side(place), new Side(place));
        foreach (var (moves, first, floor) in batches)
        {
            var asPlain = plain.SendPlain(moves, first, floor);
            Assert.Equal(whole.SendWhole(moves, first, floor), asPlain);
            Assert.Equal(whole.Rows.Written.ToArray(), plain.Rows.Written.ToArray());
        }

        Assert.Equal(Image(whole.Book), Image(plain.Book));
        Assert.Null(plain.Book.Audit());
    }, iter: 300);

    [Fact]
    public void ApplyPlainBatch_SentAgain_GivesTheFirstAnswersInEitherForm()
    {
        var side = new Side(default);
        var moves = new[] { Move(Alice, Bob, 10), Move(Bob, Carol, 4_000), Move(Bob, Alice, 3) };
        var first = side.SendPlain(moves, 0, 0);
        var image = Image(side.Book);
        Assert.Equal(first, side.SendPlain(moves, 0, 0));
        Assert.Equal(first, side.SendWhole(moves, 0, 0));
        Assert.True(side.Rows.IsEmpty);

        moves[0] = Move(Alice, Bob, 11);
        Assert.Equal(Reason.IdReused, side.SendPlain(moves, 0, 0)[0].Result);
        Assert.Equal(Reason.IdReused, side.SendWhole(moves, 0, 0)[0].Result);
        Assert.Equal(image, Image(side.Book));
    }

    [Fact]
    public void ApplyPlainBatch_OfMoreThanThisFormSays_RefusesThatOneAndRemembersNothing()
    {
        var side = new Side(default);
        Span<PlainTransfer> asked = [Plain(Move(Alice, Bob, 10)), Plain(Move(Alice, Bob, 10))];
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(asked)[PlainTransfer.SizeInBytes + 50] = (byte)TransferFlags.Linked;
        var answers = new TransferAnswer[2];
        Assert.Null(side.Book.ApplyPlainBatch(side.Writer, 0, 0, asked, 1_000, side.Rows.Clear(), answers, out var asAsked));
        Assert.False(asAsked);
        Assert.Equal([new TransferAnswer(Reason.None, 10), new TransferAnswer(Reason.BatchInvalid, 0)], answers);
        Assert.Equal(Reason.None, side.SendWhole([Move(Alice, Bob, 1)], 1, 0)[0].Result);
    }

    [Fact]
    public void ApplyPlainBatch_TooLongOrOfNobody_IsRefusedWhole()
    {
        var side = new Side(default);
        var (answers, many) = (new TransferAnswer[BookRequest.TransfersMax + 1], new PlainTransfer[BookRequest.TransfersMax + 1]);
        var tooLong = side.Book.ApplyPlainBatch(side.Writer, 0, 0, many, 1_000, side.Rows.Clear(), answers, out _);
        Assert.Equal(new Rejection(Reason.BatchInvalid, BookRequest.TransfersMax, BookRequest.TransfersMax + 1), tooLong);
        var nobody = side.Book.ApplyPlainBatch(99, 0, 0, many.AsSpan(0, 1), 1_000, side.Rows, answers, out _);
        Assert.Equal(Reason.WriterUnknown, nobody?.Reason);
        Assert.True(side.Rows.IsEmpty);
    }

    [Fact]
    public void TryWrite_OfATransferThatSaysMore_IsFalse()
    {
        var move = Move(Alice, Bob, 7) with { Id = Transfer.IdOf(16, 1) };
        Assert.Equal(move, Plain(move).ToTransfer(move.Id));
        foreach (var more in new[]
        {
            move with { Amount = UInt128.One << 64 }, move with { Cause = Model }, move with { Asset = Shares }, move with { ExpiresAt = 1 },
            move with { Phase = TransferPhase.Reserve }, move with { Flags = TransferFlags.Linked }, move with { Of = 1 },
            move with { Peer = 1 }, move with { Result = Reason.Overflow }, move with { Debit = new AccountId((AccountKind)256, Alice.Key) },
        })
        {
            Assert.False(PlainTransfer.TryWrite(more, out _), more.ToString());
        }
    }

    private static PlainTransfer Plain(in Transfer transfer)
    {
        Assert.True(PlainTransfer.TryWrite(transfer, out var plain));
        return plain;
    }

    /// <summary>A book of some place with a pool and some funds.</summary>
    private sealed class Side
    {
        public Side(BookPlace place)
        {
            Book = new Book(place);
            Writer = Book.OpenWriter(Keccak.HashUtf8("plain"), Rows.Clear());
            var funder = Book.OpenWriter(Keccak.HashUtf8("funder"), Rows.Clear());
            if (place.Holds(AccountId.Issuance))
            {
                Book.Apply(new BookRequest { Writer = funder, Assets = [new AssetRecord(Shares, Pool, false, Model)] }, 1_000, Rows.Clear());
                var place0 = 0UL;
                foreach (var account in Accounts.Take(4).Where(place.Holds))
                {
                    var fund = Move(AccountId.Issuance, account, 1_500) with { Id = Transfer.IdOf(funder, place0++) };
                    Book.Apply(new BookRequest { Writer = funder, Transfers = [fund] }, 1_000, Rows.Clear());
                }
            }
        }

        public Book Book { get; }

        public ulong Writer { get; }

        public BookRows Rows { get; } = new();

        public TransferAnswer[] SendPlain(Transfer[] moves, ulong first, ulong floor)
        {
            var (answers, asked) = (new TransferAnswer[moves.Length], moves.Select(move => Plain(move)).ToArray());
            Assert.Null(Book.ApplyPlainBatch(Writer, floor, first, asked, 1_000, Rows.Clear(), answers, out var asAsked));
            return asAsked ? [.. moves.Select(move => new TransferAnswer(Reason.None, move.Amount))] : answers;
        }

        public TransferAnswer[] SendWhole(Transfer[] moves, ulong first, ulong floor)
        {
            var answers = new TransferAnswer[moves.Length];
            var asked = moves.Select((move, i) => move with { Id = Transfer.IdOf(Writer, first + (ulong)i) }).ToArray();
            Assert.Null(Book.ApplyBatch(Writer, floor, asked, 1_000, Rows.Clear(), answers));
            return answers;
        }
    }
}
