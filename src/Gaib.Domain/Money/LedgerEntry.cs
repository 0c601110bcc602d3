namespace Gaib.Domain.Money;

/// <summary>A transfer where it stands in the ledger.</summary>
/// <param name="Sequence">Its place among the applied transfers of its book, from 1; for a refused one the place of the last applied before it.</param>
/// <param name="At">Unix milliseconds of the frame that holds it.</param>
/// <param name="Transfer">The transfer with its resolved amount; <see cref="Transfer.Result"/> says whether it was applied.</param>
[GenerateSerializer, Immutable]
public readonly record struct LedgerEntry([property: Id(0)] ulong Sequence, [property: Id(1)] long At, [property: Id(2)] Transfer Transfer)
{
    /// <summary>The entries of one frame, in order.</summary>
    /// <param name="before">How many transfers were applied before the frame.</param>
    /// <param name="at">The frame's time.</param>
    /// <param name="rows">The frame's rows.</param>
    public static IEnumerable<LedgerEntry> Of(ulong before, long at, ReadOnlyMemory<byte> rows)
    {
        foreach (var row in BookRow.Read(rows))
        {
            if (row is TransferRow { Transfer: var transfer })
            {
                before += transfer.Result == Reason.None ? 1UL : 0;
                yield return new LedgerEntry(before, at, transfer);
            }
        }
    }
}

/// <summary>What to show of an account.</summary>
/// <param name="Account">Whose.</param>
/// <param name="From">The first sequence to show; 0 or 1 from the beginning.</param>
/// <param name="To">The last sequence to show; 0 to the end.</param>
/// <param name="Max">At most so many entries, from 1 to <see cref="EntriesMax"/>.</param>
/// <param name="OldestFirst">From the beginning of the range instead of from its end.</param>
[GenerateSerializer, Immutable]
public sealed record StatementRange(
    [property: Id(0)] AccountId Account,
    [property: Id(1)] ulong From = 0,
    [property: Id(2)] ulong To = 0,
    [property: Id(3)] int Max = 100,
    [property: Id(4)] bool OldestFirst = false)
{
    /// <summary>The most entries of one answer.</summary>
    public const int EntriesMax = 1_000;

    /// <summary>True where the sequence lies in the range.</summary>
    public bool Holds(ulong sequence) => sequence >= From && (To == 0 || sequence <= To);
}
