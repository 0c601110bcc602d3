using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>A journal whose rows were changed, dropped or doubled, in frames that are whole.</summary>
public sealed class LedgerJournalTests
{
    private enum Change
    {
        Drop,
        Double,
        Raise,
        Redirect,
    }

    [Fact]
    public void Run_AnyAppliedTransferChanged_DiffersFromTheStateThatWasKept()
    {
        var work = new LedgerWork(11).Do(200);
        var parts = LedgerRefoldTests.Parts(work.World.Book);
        var count = 0;

        // What was set aside is one row less to be compared once it is past. Where only a part of it was posted nothing else tells the whole, and nobody
        // ever had the rest.
        var forgotten = Transfers(work.World.Journal).Where(transfer => transfer.Phase == TransferPhase.Post && !transfer.IsClosing)
            .Select(transfer => transfer.Of).Where(id => !SnapshotRow.Read(parts).Any(row => row is SnapshotReservation kept && kept.Id == id)).ToHashSet();
        Assert.InRange(forgotten.Count, 1, 40);
        foreach (var (journal, what, change, transfer) in Changed(work.World.Journal))
        {
            if (change == Change.Raise && transfer.Phase == TransferPhase.Reserve && forgotten.Contains(transfer.Id))
            {
                continue;
            }

            var refold = LedgerRefoldTests.Refold(journal);
            Assert.True(refold.Faults.Count + LedgerComparison.Run(refold, parts).Count > 0, what);
            count++;
        }

        Assert.True(count > 400, $"{count} changes");
    }

    [Fact]
    public void Fold_ADoubledTransfer_IsFoundByTheJournalAlone()
    {
        var work = new LedgerWork(12).Do(200);
        Assert.All(
            Changed(work.World.Journal).Where(change => change.Change == Change.Double),
            change => Assert.True(LedgerRefoldTests.Refold(change.Journal).Faults.Count > 0, change.What));
    }

    [Fact]
    public void Fold_ADroppedTransferOfTheBookOrOfACommand_IsFoundByTheJournalAlone()
    {
        var work = new LedgerWork(13).Do(300);
        var drops = Changed(work.World.Journal).Where(change => change.Change == Change.Drop && change.Transfer.Writer < 16).ToArray();
        var missed = drops.Count(change => LedgerRefoldTests.Refold(change.Journal).Faults.Count == 0);

        // Only the last one of each of the three writers of the book has nothing after it that shows the gap.
        Assert.InRange(missed, 0, 3);
        Assert.True(drops.Length > 30);
    }

    [Fact]
    public void Fold_ACommandMissingOrTwice_IsFound()
    {
        var work = new LedgerWork(14).Do(60);
        var frame = work.World.Journal.FindIndex(f => BookRow.Read(f.Payload).Any(row => row is CommandRow));
        var rows = BookRow.Read(work.World.Journal[frame].Payload).ToList();
        var command = rows.FindIndex(row => row is CommandRow);

        var without = LedgerRefoldTests.Refold(With(work.World.Journal, frame, [.. rows[..command], .. rows[(command + 1)..]]));
        var twice = LedgerRefoldTests.Refold(With(work.World.Journal, frame, [.. rows[..command], rows[command], .. rows[command..]]));

        Assert.Contains(without.Faults.Kept, fault => fault.What == "the transfer does not follow the command that caused it");
        Assert.Contains(twice.Faults.Kept, fault => fault.What == "the command was accepted twice");
    }

    [Fact]
    public void Fold_AChainCutInTwo_IsFound()
    {
        var work = new LedgerWork(15).Do(200);
        var frame = work.World.Journal.FindIndex(f => BookRow.Read(f.Payload).Any(row => row is TransferRow { Transfer: { IsLinked: true } }));
        var rows = BookRow.Read(work.World.Journal[frame].Payload).ToList();

        var cut = LedgerRefoldTests.Refold(With(work.World.Journal, frame, [.. rows[..^1]]));

        Assert.Contains(cut.Faults.Kept, fault => fault.What == "a chain of linked transfers ends before its last");
    }

    private static IEnumerable<Transfer> Transfers(List<(byte[] Payload, long At)> journal) => journal
        .SelectMany(frame => BookRow.Read(frame.Payload)).OfType<TransferRow>().Select(row => row.Transfer).Where(transfer => transfer.Result == Reason.None);

    private static IEnumerable<(List<(byte[] Payload, long At)> Journal, string What, Change Change, Transfer Transfer)> Changed(
        List<(byte[] Payload, long At)> journal)
    {
        for (var frame = 0; frame < journal.Count; frame++)
        {
            var rows = BookRow.Read(journal[frame].Payload).ToList();
            for (var at = 0; at < rows.Count; at++)
            {
                if (rows[at] is not TransferRow { Transfer: { Result: Reason.None } transfer })
                {
                    continue;
                }

                foreach (var change in Enum.GetValues<Change>())
                {
                    BookRow[] put = change switch
                    {
                        Change.Drop => [],
                        Change.Double => [rows[at], rows[at]],
                        Change.Raise => [new TransferRow(transfer with { Amount = transfer.Amount + 1 })],
                        _ => [new TransferRow(transfer with { Credit = AccountId.Treasury })],
                    };
                    yield return (With(journal, frame, [.. rows[..at], .. put, .. rows[(at + 1)..]]), $"{change} of {transfer}", change, transfer);
                }
            }
        }
    }

    private static List<(byte[] Payload, long At)> With(List<(byte[] Payload, long At)> journal, int frame, IEnumerable<BookRow> rows)
    {
        var written = new BookRows();
        foreach (var row in rows)
        {
            switch (row)
            {
                case TransferRow { Transfer: var transfer }:
                    written.AddTransfer(transfer);
                    break;
                case CommandRow command:
                    written.AddCommand(command.Command, command.Sequence);
                    break;
                case AssetRow { Asset: var asset }:
                    written.AddAsset(asset);
                    break;
                case WriterRow { Name: var name }:
                    written.AddWriter(name);
                    break;
                case EphemeralWriterRow { Number: var number }:
                    written.AddEphemeralWriter(number);
                    break;
                case WriterEndRow { Number: var number }:
                    written.AddWriterEnd(number);
                    break;
                case FloorRow floor:
                    written.AddFloor(floor.Writer, floor.Floor);
                    break;
                case NoteRow { Note: var note }:
                    written.AddNote(note);
                    break;
            }
        }

        return [.. journal[..frame], (written.Written.ToArray(), journal[frame].At), .. journal[(frame + 1)..]];
    }
}
