using CsCheck;
using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>Writers without a name come and go; what they leave behind is what they moved, and nothing of theirs is ever applied twice.</summary>
public sealed class BookEphemeralWriterTests
{
    private const ulong First = 1UL << 63;
    private const ulong Window = 16_384;
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    [Fact]
    public void Close_ThenWhatItSent_IsUnknownAndNotApplied()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var writer = world.OpenEphemeral();
        Assert.Equal(First, writer);
        Assert.True(Send(world, writer, 0).Applied);
        Assert.True(Send(world, writer, 0).Repeated);
        world.Close(writer);

        Assert.Equal(new Rejection(Reason.WriterUnknown, 1, writer), Send(world, writer, 0).Result);
        Assert.Equal(Reason.WriterUnknown, Send(world, writer, 1).Result?.Reason);
        Assert.Equal(1, world.Of(Bob));
    }

    [Fact]
    public void Number_OfAClosedWriter_IsNotGivenAgainAfterARestart()
    {
        var world = new BookWorld().Fund(Alice, 100);
        world.Close(world.OpenEphemeral());
        world.Close(world.OpenEphemeral());
        foreach (var book in new[] { world.Book, world.Replayed(), Book.Thaw(world.Book.Freeze().Parts()) })
        {
            Assert.Equal(First + 2, book.OpenEphemeralWriter(world.Now, new BookRows()));
        }
    }

    [Fact]
    public void Close_OfAWriterWithANameOrOfNobody_DoesNothing()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var frames = world.Journal.Count;
        world.Close(world.Writer);
        world.Close(First);
        Assert.Equal(frames, world.Journal.Count);
        Assert.True(world.Send(Move(Alice, Bob, 1)).Applied);
    }

    [Fact]
    public void Idle_ForADay_IsForgottenAndWhoSentIsNot()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var (idle, busy) = (world.OpenEphemeral(), world.OpenEphemeral());
        world.Now += Day - Hour;
        Assert.True(Send(world, busy, 0).Applied);
        world.Now += Hour - 1;
        var later = world.OpenEphemeral();
        Assert.True(Send(world, idle, 0).Applied);

        world.Now += Day - 1;
        world.OpenEphemeral();
        Assert.Equal(Reason.WriterUnknown, Send(world, busy, 0).Result?.Reason);
        Assert.True(Send(world, idle, 1).Applied);
        Assert.True(Send(world, later, 0).Applied);
    }

    [Fact]
    public void Idle_IsLookedForOnceAnHourAndWhenOneIsOpened()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var idle = world.OpenEphemeral();
        world.Now += Day - 1;
        world.OpenEphemeral();

        // A day is over, but the last look was just now.
        world.Now += 1;
        world.OpenEphemeral();
        Assert.True(Send(world, idle, 0).Applied);
    }

    [Fact]
    public void Idle_ForADayToTheMillisecond_AreForgottenInTheOrderOfTheirNumbers()
    {
        var (book, start) = (new Book(), 10 * Day);
        var opened = new List<ulong>();
        for (var i = 0; i < 3; i++)
        {
            opened.Add(book.OpenEphemeralWriter(start, new BookRows()));
        }

        // Whoever comes next takes the place of the one that left, before those with smaller numbers.
        book.CloseWriter(opened[0], new BookRows());
        opened.Add(book.OpenEphemeralWriter(start, new BookRows()));
        var later = book.OpenEphemeralWriter(start + Day - Hour, new BookRows());

        var (rows, expected) = (new BookRows(), new BookRows());
        var last = book.OpenEphemeralWriter(start + Day, rows);

        opened[1..].ForEach(expected.AddWriterEnd);
        expected.AddEphemeralWriter(last);
        Assert.Equal(later + 1, last);
        Assert.Equal(expected.Written.ToArray(), rows.Written.ToArray());
    }

    [Fact]
    public void Replay_OfANameThatIsKnown_LeavesItsNumber()
    {
        var (rows, book) = (new BookRows(), new Book());
        rows.AddWriter(Keccak.HashUtf8("one"));
        rows.AddWriter(Keccak.HashUtf8("one"));
        book.Replay(rows.Written.ToArray(), 1);

        Assert.Equal(16UL, book.OpenWriter(Keccak.HashUtf8("one"), new BookRows()));
        Assert.Equal(17UL, book.OpenWriter(Keccak.HashUtf8("two"), new BookRows()));
    }

    [Fact]
    public void History_WithThemComingAndGoing_IsReplayedAndThawedToTheByte() =>
        Gen.Int[0, 5].Array[1, 60].Sample(steps =>
        {
            var (world, open) = (new BookWorld().Fund(Alice, 1_000), new List<(ulong Writer, ulong Next)>());
            foreach (var step in steps)
            {
                world.Now += step * Hour;
                if (step < 2 || open.Count == 0)
                {
                    open.Add((world.OpenEphemeral(), 0));
                }
                else if (step == 2)
                {
                    world.Close(open[0].Writer);
                    open.RemoveAt(0);
                }
                else
                {
                    var (writer, next) = open[^1];
                    Send(world, writer, next, next);
                    open[^1] = (writer, next + 1);
                }
            }

            Assert.Equal(Image(world.Book), Image(world.Replayed()));
            Assert.Equal(Image(world.Book), Image(Book.Thaw(world.Book.Freeze().Parts())));
        }, iter: 200);

    [Fact]
    public void Answers_OfAnyIdsInTheWindow_AreRememberedAsADictionaryWould() =>
        Gen.Select(Gen.ULong[0, 40_000], Gen.Int[0, 9]).Array[1, 100].Sample(steps =>
        {
            var (world, known, floor) = (new BookWorld().Fund(Alice, 1_000_000_000), new HashSet<ulong>(), 0UL);
            var writer = world.OpenEphemeral();
            foreach (var (sequence, kind) in steps)
            {
                floor = kind == 0 ? ulong.Max(floor, sequence / 2) : floor;
                var expected = sequence < floor ? Reason.TooOld : sequence - floor >= Window ? Reason.WindowFull : Reason.None;
                var reply = world.Book.Apply(
                    new BookRequest
                    {
                        Writer = writer, AnsweredThrough = floor, Transfers = [Move(Alice, Bob, sequence + 1) with { Id = Transfer.IdOf(writer, sequence) }],
                    },
                    world.Now,
                    new BookRows());
                Assert.Equal(new TransferAnswer(expected, expected == Reason.None ? sequence + 1 : 0), reply.Answers[0]);
                Assert.Equal(expected == Reason.None && !known.Add(sequence), reply.Repeated);
            }

            Assert.Equal(known.Aggregate((Int128)0, (sum, sequence) => sum + sequence + 1), world.Of(Bob));
        });

    [Fact]
    public void Memory_OfAWriterThatAsksOneByOne_StaysSmall()
    {
        var (world, rows, answers) = (new BookWorld().Fund(Alice, 1_000_000), new BookRows(), new TransferAnswer[1]);
        var writer = world.OpenEphemeral();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var sequence = 0UL; sequence < 2 * Window; sequence++)
        {
            var transfer = Move(Alice, Bob, 1) with { Id = Transfer.IdOf(writer, sequence) };
            Assert.Null(world.Book.ApplyBatch(writer, sequence, new ReadOnlySpan<Transfer>(in transfer), 1_000, rows.Clear(), answers));
        }

        // A whole window would be some 800 kB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 16_384);
        Assert.Equal(2 * (Int128)Window, world.Of(Bob));
    }

    [Fact]
    public void Replay_OfIdsThatNoWindowHolds_DoesNotTakeMemoryForThem()
    {
        var (world, rows) = (new BookWorld().Fund(Alice, 100), new BookRows());
        foreach (var sequence in new[] { 1UL << 20, 1UL << 50 })
        {
            rows.AddTransfer(Move(Alice, Bob, 1) with { Id = Transfer.IdOf(world.Writer, sequence) });
        }

        var (book, before) = (world.Replayed(), GC.GetAllocatedBytesForCurrentThread());
        book.Replay(rows.Written.ToArray(), world.Now);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4 << 20);
    }

    private static BookReply Send(BookWorld world, ulong writer, ulong sequence, ulong answeredThrough = 0) =>
        world.Apply(Request(writer, sequence) with { AnsweredThrough = answeredThrough });

    private static BookRequest Request(ulong writer, ulong sequence) =>
        new() { Writer = writer, Transfers = [Move(Alice, Bob, 1) with { Id = Transfer.IdOf(writer, sequence) }] };
}
