using Gaib.Storage.Journal;

namespace Gaib.Kills.Tests.Node;

/// <summary>
/// The files of a journal, whose writes can be killed in the middle. What a disk or the system leaves of a cut write are whole sectors, so a
/// frame is cut between two of them.
/// </summary>
internal sealed class HalfWrites(IJournalFiles inner, Strike strike) : IJournalFiles
{
    public const string Frame = "FrameHalfWritten";
    public const string LastFrame = "LastFrameHalfWrittenAgain";
    public const string Tail = "TailHalfZeroed";
    public const string SnapshotPart = "SnapshotPartHalfWritten";

    private const int Sector = 512;

    /// <summary>Every point of this class.</summary>
    public static IReadOnlyList<string> Points { get; } = [Frame, LastFrame, Tail, SnapshotPart];

    public string Place => inner.Place;

    public ulong Epoch => inner.Epoch;

    public void RequireOwner() => inner.RequireOwner();

    public IReadOnlyCollection<string> List() => inner.List();

    public long LengthOf(string name) => inner.LengthOf(name);

    public int Read(string name, long offset, Span<byte> into) => inner.Read(name, offset, into);

    public void Create(string name, long bytes) => inner.Create(name, bytes);

    public void Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        if (CutOf(name, offset, bytes) is (var point, > 0 and var cut))
        {
            var half = bytes[..cut].ToArray();
            strike.Reach(point, () => inner.Write(name, offset, half));
        }

        inner.Write(name, offset, bytes);
    }

    public void Flush(string name) => inner.Flush(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string name) => inner.Delete(name);

    public void Dispose() => inner.Dispose();

    private (string Point, int Cut) CutOf(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        if (name.EndsWith(SnapshotFile.Unfinished, StringComparison.Ordinal))
        {
            return (SnapshotPart, bytes.Length / 2);
        }

        if (!name.EndsWith(".seg", StringComparison.Ordinal))
        {
            return ("", 0);
        }

        Span<byte> there = stackalloc byte[8];
        inner.Read(name, offset, there);
        var first = (int)(Sector - (offset % Sector));
        return !bytes.ContainsAnyExcept((byte)0) ? (Tail, first < bytes.Length ? first : 0)
            : there.ContainsAnyExcept((byte)0) ? (LastFrame, bytes.Length / 2)
            : (Frame, first < bytes.Length ? first + ((bytes.Length - first) / 2 / Sector * Sector) : 0);
    }
}
