using System.Buffers.Binary;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>Mistakes that books could make between them: each must be found where there are several.</summary>
internal static class EdgeMistakes
{
    /// <summary>Every mistake by its name.</summary>
    public static IReadOnlyDictionary<string, Func<WorldPlan, WorldPlan>> All { get; } = new SortedDictionary<string, Func<WorldPlan, WorldPlan>>(StringComparer.Ordinal)
    {
        ["a delivery that was not waited for"] = plan => plan with { Wrap = MistakenEdges.DeliversAtOnce },
        ["a snapshot that exchanges what came for two payees"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, null, ExchangeSeen) },
        ["a snapshot that exchanges what left for two payees"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, null, ExchangeSent) },
        ["a refusal by one book that keeps the others waiting"] = plan => plan with { PlantEdges = MistakenEdges.WaitsForAll() },
        ["a start after which nothing is told again"] = plan => plan with { PlantEdges = MistakenEdges.TellsNothingAgain },
        ["a telling that was lost, taken for heard"] = plan => plan with { PlantEdges = MistakenEdges.TakesLostForHeard },
        ["a total credited again when it is heard again"] = plan => plan with { Wrap = MistakenEdges.CreditsAgain },
        ["a total taken for an amount"] = plan => plan with { Wrap = MistakenEdges.TakesTotalsForAmounts },
        ["a total told and not why"] = plan => plan with { PlantEdges = MistakenEdges.ForgetsCauses },
        ["a total told before it is durable"] = plan => plan with { PlantEdges = MistakenEdges.Hasty },
        ["an arrival that is not journalled"] = plan => plan with
        {
            Plant = journal => new SpoiltJournal(journal, row => row is TransferRow { Transfer.IsArrival: true } ? null : row, null),
        },
        ["two payees exchanged on the way"] = plan => plan with { PlantEdges = MistakenEdges.ExchangesPayees },
        ["what leaves is journalled as if it stayed"] = plan => plan with { Plant = journal => new SpoiltJournal(journal, Stay, null) },
    };

    private static BookRow Stay(BookRow row) => row is TransferRow { Transfer: { Peer: > 0, IsArrival: false } transfer } ? new TransferRow(transfer with { Peer = 0 }) : row;

    private static bool ExchangeSent(SnapshotPart part) => part.Kind == SnapshotPart.Sent && ExchangeTotals(part, 4 + 24 + 16 + 32);

    private static bool ExchangeSeen(SnapshotPart part) => part.Kind == SnapshotPart.Seen && ExchangeTotals(part, 4 + 24 + 16);

    /// <summary>Of two rows of one other book, so that the sums by book stay what they were.</summary>
    private static bool ExchangeTotals(SnapshotPart part, int row)
    {
        const int Head = 8, Total = 4 + 24;
        var rows = Enumerable.Range(0, (int)part.Count).Select(i => Head + (i * row)).ToList();
        var pair = rows.GroupBy(at => BinaryPrimitives.ReadUInt32LittleEndian(part.Bytes.AsSpan(at))).FirstOrDefault(book => book.Count() > 1)?.Take(2).ToArray();
        if (pair is [var one, var other])
        {
            var kept = part.Bytes.AsSpan(one + Total, 16).ToArray();
            part.Bytes.AsSpan(other + Total, 16).CopyTo(part.Bytes.AsSpan(one + Total));
            kept.CopyTo(part.Bytes.AsSpan(other + Total));
        }

        return false;
    }
}
