using System.Collections.Immutable;

namespace Gaib.Verify;

/// <summary>The fields of an export that nothing can check, or only within bounds. Each one says why; whatever is not named here is checked.</summary>
internal static class Asserted
{
    public static ImmutableArray<AssertedField> Fields { get; } =
    [
        new("network.json", "exportedAt", "When the export was made: the book had taken nothing later. What is open is counted at that moment."),
        new("transfers.ndjson", "id", "Of a grain's transfers only that no id occurs twice is checked; those of commands and pools count from 1."),
        new("transfers.ndjson", "at", "When the book took it. Its neighbours, deadlines, receipts, epochs and policies bound it; with its order it decides what a policy withdraws and what was staked at an issue."),
        new("commands.ndjson", "at", "When the book took it. Its neighbours, its deadline and its transfers bound it; the time of an ask decides the rate, that of a manifest whether its job was open."),
        new("commands.ndjson", "seq", "Its place in the book. Its transfers and neighbours bound it; the order decides which commitment of a copy is the earliest, who is matched first, which price a session has and what was staked at an issue."),
        new("datasets.ndjson", "committedAt", "When the dataset was kept: only its command's time and its deadline bound it. Its order is checked."),
        new("gpus.ndjson", "from", "When the GPU attached: only its first ask bounds it, and nothing hangs on it."),
        new("gpus.ndjson", "to", "When the GPU was lost or slashed: only the end of its last lease bounds it, and nothing hangs on it."),
        new("jobs.ndjson", "heldBack[].burntFrom", "When the operator showed the part; the values that follow from it are checked."),
        new("leases.ndjson", "closedAt", "Its last round and its refund bound it; where the rate hangs on it, the rate is checked."),
        new("rates.ndjson", "at", "Any time within the tick in which the rate was looked at."),
        new("runs.ndjson", "rounds[].startedAt", "Its neighbours bound it, and so does the rate in force; within a tick of the rate nothing hangs on it."),
        new("runs.ndjson", "rounds[].closedAt", "Its neighbours and what it paid bound it; nothing else hangs on it."),
        new("receipts.ndjson", "gpu", "Which of the serving GPUs answered: one that is silent hands on to the next, and so any of them can be right. What the session key acknowledged holds it fast."),
        new("hostEpochs.ndjson", "epoch", "Where the host answered nothing: any epoch that is over and that it closed once. Nothing is paid for it; where it answered something, its receipts say which epoch it is."),
        new("settlements.ndjson", "deadline", "Until when the settlers let the voucher be claimed: at least a year from its withdrawal. A later one costs nobody anything."),
    ];
}
