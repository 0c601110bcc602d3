using System.Globalization;

namespace Gaib.Storage.Journal;

/// <summary>The segment files of one journal and what lies in them.</summary>
internal static class Segments
{
    public static string PathOf(string folder, int index) =>
        Path.Combine(folder, "journal-" + index.ToString("D8", CultureInfo.InvariantCulture) + ".seg");

    /// <summary>The indices of the segments that are there, ascending.</summary>
    public static List<int> Indices(string folder) =>
        !Directory.Exists(folder) ? [] :
        [
            .. Directory.EnumerateFiles(folder, "journal-*.seg")
                .Select(path => int.Parse(Path.GetFileNameWithoutExtension(path).AsSpan(8), CultureInfo.InvariantCulture))
                .Order(),
        ];

    /// <summary>
    /// Follows the chain of frames through all segments. Stops at the first place where it does not go on, and says where that is.
    /// </summary>
    public static Scan Read(string folder, Action<FrameHeader, ReadOnlyMemory<byte>> onFrame)
    {
        var scan = new Scan();
        foreach (var index in Indices(folder))
        {
            var bytes = File.ReadAllBytes(PathOf(folder, index));
            if (scan.Broken)
            {
                scan.LaterFrame ??= FindLater(bytes, 0, scan.Last) is { } later ? (index, later) : null;
                continue;
            }

            (scan.Segment, scan.Offset) = (index, 0);
            while (FrameHeader.TryRead(bytes.AsSpan(scan.Offset), out var header)
                && header.Number == scan.Last.Number + 1
                && (scan.Last.Number == 0 || header.Previous == scan.Last.Checksum)
                && header.Epoch >= scan.Last.Epoch)
            {
                onFrame(header, bytes.AsMemory(scan.Offset + FrameHeader.Size, (int)header.RowBytes));
                scan.Last = header;
                scan.Offset += (int)header.Length;
            }

            scan.Dirty = bytes.AsSpan(int.Min(scan.Offset, bytes.Length)).ContainsAnyExcept((byte)0);
            scan.Broken = scan.Dirty;
            scan.LaterFrame ??= scan.Dirty && FindLater(bytes, scan.Offset + 1, scan.Last) is { } at ? (index, at) : null;
        }

        return scan;
    }

    /// <summary>The offset of a whole frame that should come later than the last good one, or null.</summary>
    private static int? FindLater(byte[] bytes, int from, FrameHeader last)
    {
        for (var at = (from + 7) & ~7; at + FrameHeader.Size <= bytes.Length; at += 8)
        {
            if (FrameHeader.TryRead(bytes.AsSpan(at), out var header) && header.Number > last.Number && header.Epoch >= last.Epoch)
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>Where the chain of frames ends.</summary>
    internal sealed class Scan
    {
        public FrameHeader Last { get; set; }

        public int Segment { get; set; }

        public int Offset { get; set; }

        /// <summary>There are bytes after the last good frame.</summary>
        public bool Dirty { get; set; }

        public bool Broken { get; set; }

        /// <summary>A whole frame beyond the break: then the break is damage, not a torn tail.</summary>
        public (int Segment, int Offset)? LaterFrame { get; set; }
    }
}
