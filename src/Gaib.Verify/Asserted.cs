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
    ];
}
