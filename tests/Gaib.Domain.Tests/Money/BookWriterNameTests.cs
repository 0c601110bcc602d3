using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A request may name its writer instead of giving its number: one request does then what opening and asking did.</summary>
public sealed class BookWriterNameTests
{
    private static readonly Hash32 Name = Keccak.HashUtf8("lease:0x01");

    [Fact]
    public void Named_FirstTime_OpensTheWriterAndItsIdsAreTheSequences()
    {
        var world = new BookWorld().Fund(Alice, 100);

        var reply = world.Apply(Tells(0, 7, 5));

        var number = world.Book.OpenWriter(Name, new BookRows());
        Assert.Equal(world.Writer + 1, number);
        Assert.True(reply is { Applied: true, Repeated: false });
        var rows = BookRow.Read(world.Journal[^1].Payload).ToArray();
        Assert.Equal(Name, Assert.IsType<WriterRow>(rows[0]).Name);
        Assert.Equal(
            [Transfer.IdOf(number, 0), Transfer.IdOf(number, 1)], rows.OfType<TransferRow>().Select(row => row.Transfer.Id));
        Assert.Equal(12, world.Of(Bob));
    }

    [Fact]
    public void Named_Again_IsAnsweredAsTheFirstTimeWhicheverWayItComes()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var first = world.Apply(Tells(0, 7));
        var written = world.Journal.Count;

        var again = world.Apply(Tells(0, 7));
        var number = world.Book.OpenWriter(Name, new BookRows());
        var byNumber = world.Apply(new BookRequest { Writer = number, Transfers = [Move(Alice, Bob, 7) with { Id = Transfer.IdOf(number, 0) }] });

        Assert.Equal(first.Answers, again.Answers);
        Assert.True(again.Repeated && byNumber.Repeated);
        Assert.Equal(written, world.Journal.Count);
        Assert.Equal(Reason.IdReused, world.Apply(Tells(0, 8)).Answers[0].Result);
        Assert.Equal(7, world.Of(Bob));
    }

    [Fact]
    public void Named_AfterAReplay_HasTheSameNumberAndTheSameAnswers()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var first = world.Apply(Tells(3, 7) with { AnsweredThrough = 3 });

        var replayed = world.Replayed();

        Assert.Equal(Image(world.Book), Image(replayed));
        var again = replayed.Apply(Tells(3, 7) with { AnsweredThrough = 3 }, world.Now, new BookRows());
        Assert.True(again.Repeated);
        Assert.Equal(first.Answers, again.Answers);
        Assert.Equal(Reason.TooOld, replayed.Apply(Tells(2, 7), world.Now, new BookRows()).Answers[0].Result);
    }

    [Fact]
    public void Named_RefusedWhole_LeavesNoWriter()
    {
        var world = new BookWorld();
        var before = world.Journal.Count;

        var open = world.Apply(new BookRequest { WriterName = Name, Transfers = [Move(Alice, Bob, 1) with { Flags = TransferFlags.Linked }] });

        Assert.Equal(Reason.BatchInvalid, open.Result?.Reason);
        Assert.Equal(before, world.Journal.Count);
        Assert.Equal(world.Writer + 1, world.Book.OpenWriter(Keccak.HashUtf8("another"), new BookRows()));
    }

    [Fact]
    public void Named_IdOfAnotherWriter_IsRefusedAsWithANumber()
    {
        var world = new BookWorld().Fund(Alice, 100);

        var reply = world.Apply(new BookRequest
        {
            WriterName = Name,
            Transfers = [Move(Alice, Bob, 1) with { Id = Transfer.IdOf(world.Writer, 900) }, Move(Alice, Bob, 2) with { Id = 0 }],
        });

        Assert.Equal([Reason.WriterUnknown, Reason.None], reply.Answers.Select(answer => answer.Result));
        Assert.Equal(2, world.Of(Bob));
    }

    private static BookRequest Tells(ulong first, params ulong[] amounts) => new()
    {
        WriterName = Name,
        Transfers = [.. amounts.Select((amount, i) => Move(Alice, Bob, amount) with { Id = first + (ulong)i })],
    };
}
