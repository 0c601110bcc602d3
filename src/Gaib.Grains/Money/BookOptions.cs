namespace Gaib.Grains.Money;

/// <summary>Settings of a book's grain.</summary>
public sealed class BookOptions
{
    /// <summary>Bytes of journal rows after which a snapshot is written beside the writing. Default 64 MiB; at least 1.</summary>
    public ulong SnapshotEveryBytes { get; set; } = 64 << 20;
}
