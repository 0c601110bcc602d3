using Gaib.Abstractions.Ports;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>A small journal in memory, written and read by the journal's own code.</summary>
internal static class SmallJournal
{
    public const int SegmentBytes = 8 << 10;

    public static string First { get; } = Segments.NameOf(1);

    public static JournalLog Open(IJournalFiles files, Action<JournalStep>? onStep = null) =>
        new(new JournalOptions { SegmentBytes = SegmentBytes, OnStep = onStep ?? (static _ => { }) }, files);

    /// <summary>Frames of random rows, and what they hold.</summary>
    public static byte[][] Write(IJournalFiles files, params int[] lengths)
    {
        var log = Open(files);
        return [.. lengths.Select(length => Append(log, length))];
    }

    /// <summary>Adds a frame of random rows.</summary>
    public static byte[] Append(JournalLog log, int length)
    {
        var rows = new byte[length];
        new Random(length + (int)log.LastNumber).NextBytes(rows);
        var frame = new byte[FrameHeader.Padded(length)];
        rows.CopyTo(frame.AsSpan(FrameHeader.Size));
        log.Append(frame, length, (long)log.LastNumber + 1_000);
        return rows;
    }

    public static byte[][] Read(JournalLog log) => [.. log.Replay().Select(frame => frame.Rows.ToArray())];

    /// <summary>Opens a journal that may be spoilt.</summary>
    /// <returns>What was read, or why it was refused.</returns>
    public static (byte[][]? Rows, string? Refused, string Mended) TryOpen(MemoryFiles files)
    {
        try
        {
            var log = Open(files);
            var state = log.Snapshot?.Parts().Select(part => part.ToArray()) ?? [];
            return ([.. state, .. Read(log)], null, log.Mended);
        }
        catch (JournalUnavailableException refused)
        {
            return (null, refused.Message, "");
        }
    }
}
