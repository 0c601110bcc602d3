using System.Collections.Immutable;
using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A note that says where it stands stands there; whoever sent it has missed nothing that was noted before it.</summary>
public sealed class BookNoteTests
{
    private static readonly Hash32 Stream = Keccak.HashUtf8("stream");

    private readonly BookWorld _world = new BookWorld().Fund(Alice, 100);

    [Fact]
    public void Note_WhereItSays_IsKept()
    {
        Assert.True(Noted([At(0, 1), At(1, 2), new Note(Model, [9], 0)]).Applied);
        Assert.True(Noted([At(2, 3)]).Applied);

        Assert.Equal((3UL, 3), (_world.Book.LastNote(Stream).Count, _world.Book.LastNote(Stream).Last[0]));
        Assert.Equal(1UL, _world.Book.LastNote(Model).Count);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    public void Note_SomewhereElse_TakesTheWholeRequestWithIt(ulong at, bool isCommand)
    {
        Assert.True(Noted([At(0, 1)]).Applied);
        var rows = _world.Journal.Count;

        var reply = Noted([At(1, 2), new Note(Stream, [3], at)], isCommand, Move(Alice, Bob, 5));

        Assert.Equal(at == 2 ? null : new Rejection(Reason.NoteMisplaced, 2, at), reply.Result);
        Assert.Equal(at == 2, reply.Applied);
        Assert.Equal(at == 2 ? 5 : 0, _world.Of(Bob));
        Assert.Equal(at == 2 ? 3UL : 1, _world.Book.LastNote(Stream).Count);
        Assert.Equal(at == 2, _world.Journal.Count > rows);
    }

    [Fact]
    public void Note_OfARequestThatWasAnswered_IsAnsweredAgainAndNotKeptAgain()
    {
        var transfer = Move(Alice, Bob, 5) with { Id = Transfer.IdOf(_world.Writer, 50) };
        var request = new BookRequest { Writer = _world.Writer, Transfers = [transfer], Notes = [At(0, 1)] };
        var first = _world.Apply(request);
        Assert.True(Noted([At(1, 2)]).Applied);

        var again = _world.Apply(request);
        var other = _world.Apply(request with { Transfers = [transfer with { Amount = 6 }] });
        var below = _world.Apply(request with { AnsweredThrough = 51 });

        Assert.True(first.Applied && again.Repeated);
        Assert.Equal(first.Answers, again.Answers);
        Assert.Equal(Reason.NoteMisplaced, other.Result?.Reason);
        Assert.Equal(Reason.NoteMisplaced, below.Result?.Reason);
        Assert.Equal(2UL, _world.Book.LastNote(Stream).Count);
    }

    [Fact]
    public void Note_OfACommandThatWasTaken_IsAnsweredAgain()
    {
        var command = new BookRequest { Command = Command(Alice, 1, 5_000), Transfers = [Move(Alice, Bob, 5)], Notes = [At(0, 1)] };
        Assert.True(_world.Apply(command).Applied);

        Assert.True(_world.Apply(command).Repeated);
        Assert.Equal(Reason.NoteMisplaced, _world.Apply(command with { Command = Command(Alice, 2, 5_000) }).Result?.Reason);
        Assert.Equal(1UL, _world.Book.LastNote(Stream).Count);
    }

    [Theory]
    [InlineData(Note.BytesMax, Reason.None)]
    [InlineData(Note.BytesMax + 1, Reason.BatchInvalid)]
    public void Note_LargerThanASnapshotsPartMayBe_IsRefused(int bytes, Reason expected)
    {
        var reply = Noted([new Note(Stream, [.. new byte[bytes]])], false, Move(Alice, Bob, 5));

        Assert.Equal(expected, reply.Result?.Reason ?? Reason.None);
        Assert.Equal(expected == Reason.None ? 5 : 0, _world.Of(Bob));
        Assert.True(_world.Book.Freeze().Parts().All(part => part.Length < 64 << 20));
    }

    /// <summary>A named writer that nobody has opened is not opened by what is refused.</summary>
    [Fact]
    public void Note_MisplacedOfANamedWriter_LeavesNoWriter()
    {
        var named = new BookRequest { WriterName = Model, Transfers = [Move(Alice, Bob, 5)], Notes = [At(1, 1)] };

        Assert.Equal(Reason.NoteMisplaced, _world.Apply(named).Result?.Reason);
        Assert.Equal(_world.Writer + 1, _world.Book.OpenWriter(Keccak.HashUtf8("another"), new BookRows()));
        Assert.True(_world.Apply(named with { Notes = [At(0, 1)] }).Applied);
        Assert.True(_world.Apply(named with { Notes = [At(0, 1)] }).Repeated);
    }

    private static Note At(ulong at, byte said) => new(Stream, [said], at);

    private BookReply Noted(ImmutableArray<Note> notes, bool isCommand = false, params ImmutableArray<Transfer> transfers) => _world.Apply(isCommand
        ? new BookRequest { Command = Command(Alice, 7, 5_000), Transfers = transfers, Notes = notes }
        : new BookRequest
        {
            Writer = _world.Writer,
            Transfers = [.. transfers.Select((transfer, i) => transfer with { Id = Transfer.IdOf(_world.Writer, 100 + (ulong)i) })],
            Notes = notes,
        });
}
