using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>One durable frame as it lies on disk.</summary>
/// <param name="Number">1, 2, 3 … without gaps.</param>
/// <param name="At">Unix milliseconds when it was closed.</param>
/// <param name="Rows">The rows' bytes.</param>
/// <param name="Checksum">XXH128 of header and rows, by which a snapshot names the frame.</param>
public readonly record struct StoredFrame(ulong Number, long At, ReadOnlyMemory<byte> Rows, UInt128 Checksum);

/// <summary>One snapshot as it lies on disk.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Position">Up to where it reaches.</param>
/// <param name="FrameChecksum">The checksum of the frame in which that place lies.</param>
/// <param name="Parts">Its parts, each checked as it is read; can be asked for more than once.</param>
public sealed record FoundSnapshot(string Name, JournalPosition Position, UInt128 FrameChecksum, Func<IEnumerable<ReadOnlyMemory<byte>>> Parts);

/// <summary>Reads a journal without owning it, archive and snapshots included, also beside its running owner. Changes nothing.</summary>
public sealed class JournalReader : IDisposable
{
    // A frame that the owner is writing is whole a moment later; what has not changed after a second is damage.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(20);
    private const int LooksMax = 50;

    private readonly LocalJournalFiles _files;

    /// <summary>Reads the journal of a folder.</summary>
    public JournalReader(string folder) => _files = LocalJournalFiles.Watch(folder);

    /// <summary>What lies behind the last frame after all were read, in words; empty where nothing does.</summary>
    public string Ending { get; private set; } = "";

    /// <summary>The snapshots, newest first.</summary>
    /// <exception cref="JournalUnavailableException">One is damaged, or of another version.</exception>
    public IReadOnlyList<FoundSnapshot> Snapshots()
    {
        var found = new List<FoundSnapshot>();
        foreach (var name in SnapshotFile.NewestFirst(_files))
        {
            try
            {
                var snapshot = SnapshotFile.Open(_files, name);
                found.Add(new FoundSnapshot(snapshot.Name, snapshot.Position, snapshot.FrameChecksum, snapshot.Parts));
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                // Its owner made a newer one meanwhile and removed it.
            }
        }

        return found;
    }

    /// <summary>All frames from a number on, or from a little before it: from the first of the segment in which it lies.</summary>
    /// <exception cref="JournalUnavailableException">A segment is missing, or a frame in the middle is damaged.</exception>
    public IEnumerable<StoredFrame> Frames(ulong from = 1)
    {
        var segments = Listed(_files);
        var start = segments.Count - 1;
        while (start >= 0 && (Segments.First(_files, segments[start].Name) is not { } first || first.Number > from))
        {
            start--;
        }

        if (start < 0 && segments.Count > 0 && Segments.First(_files, segments[0].Name) is { } earliest)
        {
            throw new JournalUnavailableException(
                $"{_files.Place}: the frames before {earliest.Number} are missing. Put the segments of the archive back.");
        }

        var (end, read) = (new JournalEnd(), new List<StoredFrame>());
        var names = Segments.Frames(
            _files, segments.Skip(int.Max(0, start)), end, (header, rows) => read.Add(new StoredFrame(header.Number, header.At, rows, header.Checksum)));
        foreach (var _ in names)
        {
            foreach (var frame in read)
            {
                yield return frame;
            }

            read.Clear();
        }

        CheckEnd(end);
    }

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();

    /// <summary>
    /// The segments, archive included. One that its owner moves aside while the names are read may be seen in neither place: then they are
    /// read again. What is missing every time is missing.
    /// </summary>
    internal static List<(int Index, string Name)> Listed(IJournalFiles files)
    {
        var segments = Segments.All(files, archived: true);
        for (var again = 0; again < 10 && segments.Count > 0 && segments[^1].Index - segments[0].Index >= segments.Count; again++)
        {
            segments = Segments.All(files, archived: true);
        }

        return segments;
    }

    private void CheckEnd(JournalEnd end)
    {
        var path = Path.Combine(_files.Place, end.Name);
        for (var look = 0; end.IsDirty && look < LooksMax; look++)
        {
            var again = Segments.Follow(_files, [(end.Segment, end.Name)], static (_, _) => { });
            if (again.Offset > end.Offset || !again.IsDirty)
            {
                // It was being written: what comes after it is not asked for.
                return;
            }

            if (end.LaterFrame is null && end.CanBeTorn)
            {
                Ending = $"{path}: a frame after frame {end.Last.Number} is torn, or being written; it was not acknowledged.";
                return;
            }

            Thread.Sleep(LookAgainAfter);
        }

        if (end.IsDirty)
        {
            throw new JournalUnavailableException(
                $"{path} is damaged at offset {end.Offset}: frame {end.Last.Number + 1} is unreadable. Restore the file from a backup.");
        }
    }
}
