using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>A second fold, which shares no arithmetic with the book, agrees with it, and finds what was tampered with.</summary>
public sealed class LedgerRefoldTests
{
    // Kinds of a snapshot's parts.
    private const uint Head = 1;
    private const uint Balances = 3;
    private const uint Members = 6;

    private static readonly string[] Everything =
        ["feed", "share", "collect", "reserve", "post", "void", "chain", "refused chain", "command", "closing", "note", "plain", "refused post"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_OfRandomWork_FindsNothing(int seed)
    {
        var work = new LedgerWork(seed).Do(2_000);
        Assert.Superset(Everything.ToHashSet(), work.Done.Keys.ToHashSet());
        Assert.Contains(RowsOf(work.World), row => row is TransferRow { Transfer: { Phase: TransferPhase.Expire } });
        Assert.Contains(RowsOf(work.World), row => row is TransferRow { Transfer: { Writer: 2 } });
        Assert.Contains(RowsOf(work.World), row => row is FloorRow);

        var refold = Refold(work.World.Journal);

        Assert.Empty(refold.Faults.Kept);
        Assert.Equal(work.World.Book.Sequence, refold.Sequence);
        Assert.Empty(LedgerComparison.Run(refold, work.World.Book.Freeze().Parts()).Kept);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Run_FromASnapshotWithWhatWasTouched_FindsNothingAndKeepsLittle(int seed)
    {
        var work = new LedgerWork(seed);
        for (var i = 0; i < 500; i++)
        {
            work.World.Fund(AccountId.Person(Address.FromHash(Keccak.HashUtf8($"idle {i}"))), 5);
        }

        work.Do(1_000);
        var (before, frames) = (Parts(work.World.Book), work.World.Journal.Count);
        work.Do(1_000);

        var refold = RefoldFrom(before, work.World.Journal.Skip(frames));

        Assert.Empty(refold.Faults.Kept);
        Assert.Empty(LedgerComparison.Run(refold, work.World.Book.Freeze().Parts(), before).Kept);
        Assert.InRange(refold.BalanceCount, 5, 20);
        Assert.True(work.World.Book.Balances.Count() > 500);
    }

    [Fact]
    public void Run_AnyByteOfAStateChanged_IsFound()
    {
        var work = new LedgerWork(6).Do(150);
        var refold = Refold(work.World.Journal);
        foreach (var (parts, what) in Tampered(Parts(work.World.Book), Head, Members))
        {
            Assert.True(Finds(refold, parts, null), what);
        }
    }

    [Fact]
    public void Run_AnyByteOfALaterSnapshotChanged_IsFoundBesideTheEarlierOne()
    {
        var work = new LedgerWork(7).Do(60);
        var (before, frames) = (Parts(work.World.Book), work.World.Journal.Count);
        work.Do(20);
        var journal = work.World.Journal.Skip(frames).ToList();
        foreach (var (parts, what) in Tampered(Parts(work.World.Book), Head, Members))
        {
            Assert.True(Finds(RefoldFrom(before, journal), parts, before), what);
        }
    }

    [Fact]
    public void Run_ABalanceChanged_NamesAccountAssetAndBothNumbers()
    {
        var world = new BookWorld().Fund(BookWorld.Alice, 70).Fund(BookWorld.Bob, 5);
        world.Send(BookWorld.Move(BookWorld.Alice, BookWorld.Bob, 30));
        var parts = Parts(world.Book);
        var at = parts[1].Span.IndexOf(BookWorld.Bob.Key.ToArray());
        Assert.Equal(Balances, SectionOf(parts[1]));

        // After the key come asset, debits, credits.
        var tampered = parts[1].ToArray();
        tampered[at + 20 + 8 + 16] = 99;
        parts[1] = tampered;

        var faults = LedgerComparison.Run(Refold(world.Journal), parts);

        Assert.Equal(
            [
                $"{BookWorld.Bob} of GAIB: credits posted: 35 by the journal, 99 found, at transfer 3",
                $"{BookWorld.Bob} of GAIB: the balance: 35 by the journal, 99 found, at transfer 3",
                "all accounts of GAIB: Σ debits and Σ credits: 105 by the journal, 169 found, at transfer 3",
            ],
            faults.Kept.Select(fault => fault.ToString()));
    }

    private static IEnumerable<BookRow> RowsOf(BookWorld world) => world.Journal.SelectMany(frame => BookRow.Read(frame.Payload));

    internal static LedgerRefold Refold(IEnumerable<(byte[] Payload, long At)> journal)
    {
        var refold = new LedgerRefold();
        foreach (var (payload, at) in journal)
        {
            refold.Fold(payload, at);
        }

        return refold;
    }

    internal static ReadOnlyMemory<byte>[] Parts(Book book) => [.. book.Freeze().Parts()];

    private static LedgerRefold RefoldFrom(ReadOnlyMemory<byte>[] before, IEnumerable<(byte[] Payload, long At)> journal)
    {
        var frames = journal.ToList();
        var touched = new LedgerTouch(before);
        frames.ForEach(frame => touched.Add(frame.Payload));
        var refold = LedgerRefold.From(before, touched);
        frames.ForEach(frame => refold.Fold(frame.Payload, frame.At));
        return refold;
    }

    private static uint SectionOf(ReadOnlyMemory<byte> part) => BitConverter.ToUInt32(part.Span);

    /// <summary>Every state in which one byte of the named sections is another.</summary>
    private static IEnumerable<(ReadOnlyMemory<byte>[] Parts, string What)> Tampered(
        ReadOnlyMemory<byte>[] parts, uint first, uint last)
    {
        for (var part = 0; part < parts.Length; part++)
        {
            if (SectionOf(parts[part]) < first || SectionOf(parts[part]) > last)
            {
                continue;
            }

            var original = parts[part];
            for (var at = 0; at < original.Length; at++)
            {
                // The head's clock is known within a frame only, and its hints of size mean nothing.
                var isFree = SectionOf(original) == Head && (at is >= 20 and < 28 || at >= original.Length - 12);
                if (!isFree)
                {
                    var changed = original.ToArray();
                    changed[at] ^= 1;
                    parts[part] = changed;
                    yield return (parts, $"byte {at} of section {SectionOf(original)}");
                }
            }

            parts[part] = original;
        }
    }

    private static bool Finds(LedgerRefold refold, ReadOnlyMemory<byte>[] parts, ReadOnlyMemory<byte>[]? before)
    {
        try
        {
            return LedgerComparison.Run(refold, parts, before).Count > 0;
        }
        catch (InvalidOperationException)
        {
            // The count of rows, the version or the kind of the part: it can't be read.
            return true;
        }
    }
}
