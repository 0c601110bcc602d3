using System.Globalization;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>The segment files of one journal and what lies in them.</summary>
internal static class Segments
{
    private const string Archive = "archive";
    private const int SectorBytes = 512;

    public static string NameOf(int index) => "journal-" + index.ToString("D8", CultureInfo.InvariantCulture) + ".seg";

    /// <summary>The name of a segment that was put aside because snapshots cover it.</summary>
    public static string ArchivedNameOf(string name) => Path.Combine(Archive, name);

    /// <summary>The segments that are there, ascending, each with its name: those put aside too, if they are asked for.</summary>
    public static List<(int Index, string Name)> All(IJournalFiles files, bool archived = false)
    {
        var found = new SortedDictionary<int, string>();
        foreach (var name in files.List())
        {
            var file = Path.GetFileName(name);
            if (file.StartsWith("journal-", StringComparison.Ordinal) && file.EndsWith(".seg", StringComparison.Ordinal)
                && int.TryParse(file.AsSpan(8, file.Length - 12), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && (archived || file == name))
            {
                found[index] = name;
            }
        }

        return [.. found.Select(row => (row.Key, row.Value))];
    }

    /// <summary>The header of a segment's first frame; null where none is readable there.</summary>
    public static FrameHeader? First(IJournalFiles files, string name)
    {
        Span<byte> head = stackalloc byte[FrameHeader.Size];
        return files.Read(name, 0, head) == head.Length && FrameHeader.TryReadHead(head, out var header) ? header : null;
    }

    /// <summary>
    /// Follows the chain of frames from a segment on, and stops at the first place where it does not go on.
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="segments">The segments, ascending.</param>
    /// <param name="onFrame">Told each frame and its rows.</param>
    /// <exception cref="JournalUnavailableException">A segment is missing, or of a later program.</exception>
    public static JournalEnd Follow(
        IJournalFiles files, IEnumerable<(int Index, string Name)> segments, Action<FrameHeader, ReadOnlyMemory<byte>> onFrame)
    {
        var end = new JournalEnd();
        foreach (var _ in Frames(files, segments, end, onFrame))
        {
            // The frames were told on the way.
        }

        return end;
    }

    /// <summary>The frames of some segments that follow each other, read segment by segment.</summary>
    public static IEnumerable<JournalFrame> Frames(IJournalFiles files, IEnumerable<(int Index, string Name)> segments)
    {
        var frames = new List<JournalFrame>();
        return Frames(files, segments, new JournalEnd(), (header, rows) => frames.Add(new JournalFrame(header.Number, header.At, rows)))
            .SelectMany(_ =>
            {
                var read = frames.ToArray();
                frames.Clear();
                return read;
            });
    }

    /// <summary>Reads segment by segment, and gives each one's name when its frames have been told.</summary>
    public static IEnumerable<string> Frames(
        IJournalFiles files, IEnumerable<(int Index, string Name)> segments, JournalEnd end, Action<FrameHeader, ReadOnlyMemory<byte>> onFrame)
    {
        var previous = 0;
        foreach (var (index, name) in segments)
        {
            if (previous > 0 && index != previous + 1)
            {
                throw new JournalUnavailableException(
                    $"{files.Place}: {NameOf(previous + 1)} is missing. Nothing was changed. Restore it from a backup.");
            }

            previous = index;

            var bytes = new byte[files.LengthOf(name)];
            files.Read(name, 0, bytes);
            try
            {
                end.Take(index, name, bytes, onFrame);
            }
            catch (InvalidDataException fault)
            {
                throw new JournalUnavailableException($"{Path.Combine(files.Place, name)}: {fault.Message}.", fault);
            }

            yield return name;
        }
    }

    /// <summary>
    /// Whether the bytes where a chain ends can be what a cut write left: a sector of the frame that was never written is all zero,
    /// since segments are made of zeros and are not used twice. A frame without such a sector was written whole and is damaged.
    /// </summary>
    public static bool CanBeTorn(ReadOnlySpan<byte> segment, int offset)
    {
        var rest = segment[offset..];
        var head = rest[..int.Min(FrameHeader.Size, rest.Length)];
        var length = FrameHeader.TryReadHead(head, out var header) && header.Length <= rest.Length ? (int)header.Length : head.Length;

        // A header that reads as none is looked at by itself: how long its frame was is not known.
        for (var at = offset; at < offset + length;)
        {
            var sectorEnd = int.Min((at / SectorBytes * SectorBytes) + SectorBytes, offset + length);
            if (!segment[at..sectorEnd].ContainsAnyExcept((byte)0))
            {
                return true;
            }

            at = sectorEnd;
        }

        return false;
    }
}
