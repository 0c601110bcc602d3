namespace Gaib.Abstractions.Ports;

/// <summary>A frame and where it is in its part.</summary>
/// <param name="Place">For <see cref="IJournalHistory.ReadFrame"/>.</param>
/// <param name="Sum">Its checksum, which says all frames before it, too.</param>
/// <param name="Frame">The frame.</param>
public readonly record struct PlacedFrame(uint Place, UInt128 Sum, JournalFrame Frame);

/// <summary>
/// What a journal holds, read beside its owner. It lies in parts, numbered in order without gaps; all but the last take no more frames, so that
/// something made of them can be kept beside them. What is kept so may be lost and made again.
/// </summary>
public interface IJournalHistory : IDisposable
{
    /// <summary>Runs one reading after another, none on the thread that asks for it.</summary>
    Task<T> RunAsync<T>(Func<T> reading);

    /// <summary>The parts, ascending, those put aside too; the last one is still written to. Empty before the first frame.</summary>
    /// <exception cref="JournalUnavailableException">A part is missing.</exception>
    IReadOnlyList<int> Parts();

    /// <summary>The number of a part's first frame.</summary>
    /// <exception cref="JournalUnavailableException">There is no frame.</exception>
    ulong FirstFrameOf(int part);

    /// <summary>The checksum that the frame at a place says it has; null where none is.</summary>
    UInt128? SumAt(int part, uint place);

    /// <summary>A part's frames in order, from a place on: 0 for the first one. The last of the last part may not be durable yet.</summary>
    IEnumerable<PlacedFrame> ReadPart(int part, uint from);

    /// <summary>The frame at a place.</summary>
    /// <exception cref="JournalUnavailableException">There is no whole frame.</exception>
    JournalFrame ReadFrame(int part, uint place);

    /// <summary>What was kept beside a part; null where nothing is, or it is damaged.</summary>
    byte[]? ReadBeside(int part);

    /// <summary>Keeps bytes beside a part that takes no more frames.</summary>
    void KeepBeside(int part, ReadOnlySpan<byte> bytes);
}
