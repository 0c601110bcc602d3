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

    /// <summary>
    /// The offset of a whole frame that should come later than the last good one, or null. Within the broken frame lie bytes that somebody chose, and
    /// that may look like a frame: so none is looked for there, where its head tells how far it reaches.
    /// </summary>
    private int? FindLater(ReadOnlySpan<byte> bytes, int from)
    {
        var start = (from + 7) & ~7;
        var isOwn = FrameHeader.TryReadHead(bytes[start..], out var broken) && broken.Form > 1 && broken.Number == Last.Number + 1 && !FrameHeader.TryRead(bytes[start..], out _);
        for (var at = isOwn ? start + broken.Length : start; at + FrameHeader.Size <= bytes.Length; at += 8)
        {
            if (IsLater(bytes[(int)at..], bytes.Length))
            {
                return (int)at;
            }
        }

        return null;
    }

    private bool IsLater(ReadOnlySpan<byte> bytes, int segmentBytes)
    {
        try
        {
            return FrameHeader.TryRead(bytes, out var header) && header.Number > Last.Number && header.Epoch >= Last.Epoch
                && (header.SegmentBytes == 0 || header.SegmentBytes == segmentBytes);
        }
        catch (InvalidDataException)
        {
            // Whatever says there that it is of a later program, nobody has followed the chain to it.
            return false;
        }
    }
}
