namespace Gaib.Simulation.Tests.Disk;

/// <summary>
/// One file three times: as the system's cache shows it, as it lies on the disk, and as it would lie there if the disk had never lied
/// and nothing had rotted: the backup.
/// </summary>
internal sealed class StoredFile(int length)
{
    private byte[] _cache = new byte[length];
    private byte[] _platter = new byte[length];
    private byte[] _backup = new byte[length];

    /// <summary>Written and not flushed.</summary>
    public List<PendingWrite> Pending { get; } = [];

    public ReadOnlySpan<byte> Cache => _cache;

    public Span<byte> Platter => _platter;

    public void Write(long offset, ReadOnlySpan<byte> bytes) => Put(ref _cache, offset, bytes);

    /// <summary>Brings bytes to the disk as they should be.</summary>
    public void Keep(long offset, ReadOnlySpan<byte> bytes)
    {
        Put(ref _platter, offset, bytes);
        Put(ref _backup, offset, bytes);
    }

    /// <summary>Brings bytes to the backup alone: the disk lied.</summary>
    public void KeepInBackup(long offset, ReadOnlySpan<byte> bytes)
    {
        Put(ref _backup, offset, bytes);

        // The length of a file is kept by the file system, whatever becomes of its sectors.
        Put(ref _platter, offset + bytes.Length, []);
    }

    /// <summary>Brings bytes to the disk that do not belong there.</summary>
    public void Spoil(long offset, ReadOnlySpan<byte> bytes)
    {
        var fitting = (int)long.Clamp(_platter.Length - offset, 0, bytes.Length);
        bytes[..fitting].CopyTo(_platter.AsSpan((int)long.Min(offset, _platter.Length)));
    }

    /// <summary>The cache is gone: what is read comes from the disk.</summary>
    public void Forget() => _cache = [.. _platter];

    /// <summary>The file is put back from a backup.</summary>
    public void Restore()
    {
        _platter = [.. _backup];
        Forget();
    }

    private static void Put(ref byte[] into, long offset, ReadOnlySpan<byte> bytes)
    {
        if (into.Length < offset + bytes.Length)
        {
            Array.Resize(ref into, (int)offset + bytes.Length);
        }

        bytes.CopyTo(into.AsSpan((int)offset));
    }
}

/// <summary>A write that waits for its flush.</summary>
/// <param name="Offset">Where.</param>
/// <param name="Bytes">What.</param>
/// <param name="Lie">What the disk makes of it.</param>
internal sealed record PendingWrite(long Offset, byte[] Bytes, DiskLie Lie);

/// <summary>What a disk makes of a write that it acknowledges.</summary>
internal enum DiskLie
{
    /// <summary>What was asked.</summary>
    None,

    /// <summary>Nothing.</summary>
    Lost,

    /// <summary>A part of it.</summary>
    LostInPart,

    /// <summary>Another place of the same file.</summary>
    Misplaced,

    /// <summary>Another file.</summary>
    MisplacedElsewhere,

    /// <summary>One bit is another.</summary>
    Flipped,

    /// <summary>A whole sector is noise.</summary>
    Garbled,
}
