using System.Buffers.Binary;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>Mistakes that a ledger could make, planted around the real book: each must be found.</summary>
internal static class Mistakes
{
    /// <summary>Every mistake by its name.</summary>
    public static IReadOnlyDictionary<string, Func<WorldPlan, WorldPlan>> All { get; } = new SortedDictionary<string, Func<WorldPlan, WorldPlan>>(StringComparer.Ordinal)
    {
        ["a snapshot without the newest reservation"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, null, part => part.Kind == SnapshotPart.Reservations) },
        ["a snapshot that drops the fractions of members"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, null, DropFractions) },
        ["a snapshot that forgets what a writer was answered last"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, null, ForgetAnswer) },
        ["a floor that is not journalled"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, row => row is FloorRow ? null : row, null) },
        ["a refusal that is not journalled"] = plan => plan with
        {
            Plant = journal => new SpoiltJournal(journal, row => row is TransferRow { Transfer.Result: not Reason.None } ? null : row, null),
        },
        ["an expiry that is not journalled"] = plan => plan with
        {
            Plant = journal => new SpoiltJournal(journal, row => row is TransferRow { Transfer.Phase: TransferPhase.Expire } ? null : row, null),
        },
        ["a note that is not journalled"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, row => row is NoteRow ? null : row, null) },
        ["a command that is not journalled"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, row => row is CommandRow ? null : row, null) },
        ["a collect journalled one base unit short"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, Short, null) },
        ["an id taken for new that was answered"] = plan => plan with { Wrap = MistakenBook.TakesOldForNew },
        ["a refusal told as applied"] = plan => plan with { Wrap = MistakenBook.CallsRefusedApplied },
        ["an answer before it is durable"] = plan => plan with { Plant = journal => new HastyJournal(journal) },
    };

    private static BookRow Short(BookRow row) => row is TransferRow { Transfer: { Amount: var amount, IsCollect: true, Result: Reason.None } transfer }
        ? new TransferRow(transfer with { Amount = amount - 1 })
        : row;

    private static bool DropFractions(SnapshotPart part)
    {
        const int Row = 112, Fraction = 48 + 8 + 16;
        for (var at = 8; part.Kind == SnapshotPart.Members && at < part.Bytes.Length; at += Row)
        {
            part.Bytes.AsSpan(at + Fraction, 8).Clear();
        }

        return false;
    }

    private static bool ForgetAnswer(SnapshotPart part)
    {
        const int Head = 32 + 8 + 4, Answer = 8 + 8 + 4 + 16;
        for (var at = 8; part.Kind == SnapshotPart.Writers && at < part.Bytes.Length;)
        {
            var answers = BinaryPrimitives.ReadInt32LittleEndian(part.Bytes.AsSpan(at + Head - 4));
            at += Head + (answers * Answer);
            if (answers > 0)
            {
                // The last answer becomes one to an id that nobody will use.
                BinaryPrimitives.WriteUInt64LittleEndian(part.Bytes.AsSpan(at - Answer), ulong.MaxValue >> 1);
            }
        }

        return false;
    }
}
