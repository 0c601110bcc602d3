using System.Globalization;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>The segment files of one journal and what lies in them.</summary>
internal static class Segments
{
    private const string Archive = "archive";
    private const int SectorBytes = 512;

    // Shorter ones were never made: an empty file is no spare, but one that lost its frames.
    private const int BytesMin = 4096;

    /// <summary>How the name of a file ends that is still being made.</summary>
    public const string Unfinished = ".zero";

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
    /// <exception cref="JournalUnavailableException">It is of a later program.</exception>
    public static FrameHeader? First(IJournalFiles files, string name)
    {
        Span<byte> head = stackalloc byte[FrameHeader.Size];
        try
        {
            return files.Read(name, 0, head) == head.Length && FrameHeader.TryReadHead(head, out var header) ? header : null;
        }
        catch (InvalidDataException fault)
        {
            throw Unreadable(files, name, fault);
        }
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

    /// <summary>The frames from the first on, those of segments that were put aside too.</summary>
    /// <exception cref="JournalUnavailableException">The first ones are missing, or some that others follow are damaged.</exception>
    public static IEnumerable<JournalFrame> FromFirst(IJournalFiles files)
    {
        var (frames, end, last) = (new List<JournalFrame>(), new JournalEnd(), 0UL);
        foreach (var _ in Frames(files, All(files, archived: true), end, (header, rows) => frames.Add(new JournalFrame(header.Number, header.At, rows))))
        {
            foreach (var frame in frames)
            {
                if (last == 0 && frame.Number != 1)
                {
                    throw new JournalUnavailableException(
                        $"{files.Place}: the frames before {frame.Number} are missing. Put the segments of the archive back.");
                }

                last = frame.Number;
                yield return frame;
            }

            frames.Clear();
        }

        if (end.LaterFrame is not null)
        {
            foreach (var frame in LookAgain(files, last))
            {
                yield return frame;
            }
        }
    }

    /// <summary>
    /// A frame was unreadable and a later one stood behind it. Its owner may have written both while the segment was read; then a second
    /// look finds both, because the first of them was durable before the other was begun.
    /// </summary>
    private static List<JournalFrame> LookAgain(IJournalFiles files, ulong last)
    {
        var frames = new List<JournalFrame>();
        var end = Follow(files, All(files, archived: true), (header, rows) =>
        {
            if (header.Number > last)
            {
                frames.Add(new JournalFrame(header.Number, header.At, rows));
            }
        });
        return end.LaterFrame is not { } later ? frames : throw new JournalUnavailableException(
            $"{Path.Combine(files.Place, end.Name)} is damaged at offset {end.Offset}: frame {end.Last.Number + 1} is unreadable, but a later "
            + $"frame stands at {later.Name}:{later.Offset}. Nothing was changed. Restore the file from a backup.");
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
            if (bytes.Length < BytesMin)
            {
                throw new JournalUnavailableException(
                    $"{Path.Combine(files.Place, name)} has {bytes.Length} bytes; no segment is that short. Nothing was changed. Restore it from a backup.");
            }

            try
            {
                end.Take(index, name, bytes, onFrame);
            }
            catch (InvalidDataException fault)
            {
                throw Unreadable(files, name, fault);
            }

            yield return name;
        }
    }

    private static JournalUnavailableException Unreadable(IJournalFiles files, string name, InvalidDataException fault) =>
        new($"{Path.Combine(files.Place, name)}: {fault.Message}.", fault);

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
