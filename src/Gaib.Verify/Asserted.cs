using System.Collections.Immutable;

namespace Gaib.Verify;

/// <summary>The fields of an export that nothing can check. Each one says why; whatever is not named here is checked.</summary>
internal static class Asserted
{
    public static ImmutableArray<AssertedField> Fields { get; } =
    [
        new("transfers.ndjson", "id", "Of a grain's transfers only that no id occurs twice is checked; those of commands and pools count from 1."),
        new("transfers.ndjson", "at", "When the book took it: only its neighbours, deadlines, receipts, epochs and policies bound it."),
        new("commands.ndjson", "at", "When the book took it: only its neighbours, its deadline and its transfers bound it."),
        new("commands.ndjson", "seq", "A command without transfers leaves no other trace of its place than its neighbours and its time."),
        new("datasets.ndjson", "committedAt", "When the dataset was kept: only its command's time and its deadline bound it. Its order is checked."),
        new("jobs.ndjson", "heldBack[].burntFrom", "When the operator showed the part; the values that follow from it are checked."),
        new("gpus.ndjson", "from", "When the GPU attached: only its first ask bounds it, and nothing hangs on it."),
        new("gpus.ndjson", "to", "When the GPU was lost or slashed: only the end of its last lease bounds it, and nothing hangs on it."),
        new("leases.ndjson", "closedAt", "Its last round and its refund bound it; where the rate hangs on it, the rate is checked."),
        new("rates.ndjson", "at", "Any time within the tick in which the rate was looked at."),
        new("runs.ndjson", "rounds[].startedAt", "Its neighbours bound it, and so does the rate in force; within a tick of the rate nothing hangs on it."),
        new("runs.ndjson", "rounds[].closedAt", "Its neighbours and what it paid bound it; nothing else hangs on it."),
    ];
}
