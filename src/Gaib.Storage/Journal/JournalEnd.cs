namespace Gaib.Storage.Journal;

/// <summary>Where a journal's chain of frames ends, and what lies behind it.</summary>
internal sealed class JournalEnd
{
    /// <summary>The last good frame; its number is 0 before the first.</summary>
    public FrameHeader Last { get; private set; }

    /// <summary>The segment that holds the last good frame.</summary>
    public string LastName { get; private set; } = "";

    /// <summary>Where in it the last good frame begins.</summary>
    public int LastOffset { get; private set; }

    /// <summary>The segment in which the chain ends; 0 where there is none.</summary>
    public int Segment { get; private set; }

    /// <summary>That segment's name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The offset behind the last good frame.</summary>
    public int Offset { get; private set; }

    /// <summary>There are bytes behind the last good frame.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>The bytes behind it can be what a cut write left.</summary>
    public bool CanBeTorn { get; private set; }

    /// <summary>A whole frame beyond the break: then the break is damage, not a torn tail.</summary>
    public (string Name, int Offset)? LaterFrame { get; private set; }

    /// <summary>A segment that was made and is not begun; null where there is none.</summary>
    public string? Spare { get; private set; }

    /// <summary>Follows the chain through the next segment.</summary>
    public void Take(int index, string name, ReadOnlyMemory<byte> bytes, Action<FrameHeader, ReadOnlyMemory<byte>> onFrame)
    {
        if (IsDirty || Spare is not null)
        {
            LaterFrame ??= FindLater(bytes.Span, 0) is { } later ? (name, later) : null;
            return;
        }

        var from = 0;
        while (FrameHeader.TryRead(bytes.Span[from..], out var header) && Follows(header))
        {
            if (header.SegmentBytes > bytes.Length)
            {
                throw new InvalidDataException(
                    $"the file has {bytes.Length} bytes, but was made with {header.SegmentBytes}. Nothing was changed. Restore it from a backup");
            }

            onFrame(header, bytes.Slice(from + FrameHeader.Size, (int)header.RowBytes));
            (Last, LastName, LastOffset) = (header, name, from);
            from += (int)header.Length;
        }

        IsDirty = bytes.Span[from..].ContainsAnyExcept((byte)0);
        if (from == 0 && !IsDirty && Segment > 0)
        {
            Spare = name;
            return;
        }

        (Segment, Name, Offset) = (index, name, from);
        CanBeTorn = IsDirty && Segments.CanBeTorn(bytes.Span, from);
        LaterFrame = IsDirty && FindLater(bytes.Span, from) is { } at ? (name, at) : null;
    }

    private bool Follows(in FrameHeader header) =>
        (Segment == 0 && Last.Number == 0)
        || (header.Number == Last.Number + 1 && header.Previous == Last.Checksum && header.Epoch >= Last.Epoch);

    /// <summary>The offset of a whole frame that should come later than the last good one, or null.</summary>
    private int? FindLater(ReadOnlySpan<byte> bytes, int from)
    {
        for (var at = (from + 7) & ~7; at + FrameHeader.Size <= bytes.Length; at += 8)
        {
            if (FrameHeader.TryRead(bytes[at..], out var header) && header.Number > Last.Number && header.Epoch >= Last.Epoch)
            {
                return at;
            }
        }

        return null;
    }
}
