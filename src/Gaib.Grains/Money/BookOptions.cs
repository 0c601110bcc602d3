namespace Gaib.Grains.Money;

/// <summary>Settings of a book's grain.</summary>
public sealed class BookOptions
{
    /// <summary>Bytes of journal rows after which a snapshot is written beside the writing. Default 64 MiB; at least 1.</summary>
    public ulong SnapshotEveryBytes { get; set; } = 64 << 20;

    /// <summary>
    /// A large book is written down less often: not before the rows come to so many times the last snapshot. A start reads at most so many
    /// times the state in rows. Default 4; 0 for no regard to the size.
    /// </summary>
    public ulong SnapshotEveryStates { get; set; } = 4;
}
