using Gaib.Domain;
using Gaib.Storage.Journal;
using Gaib.Storage.Local;

namespace Gaib.Storage.Backup;

/// <summary>
/// The folders of a node that are kept together: journals, atomic files, chunks. A backup has all of them as a crash at one moment
/// would have left them, while the node goes on.
/// </summary>
/// <param name="Directory">The data directory.</param>
public sealed record BackupSource(string Directory)
{
    private const string Links = ".backup";
    private const string Chunks = "chunks";
    private const string Books = "books";

    private static readonly (string Name, AtomicFileKind Kind)[] Atomic =
        [("grains", AtomicFileKind.GrainState), ("pubsub", AtomicFileKind.GrainState), ("reminders", AtomicFileKind.Reminder)];

    /// <summary>Called while no grain state can change and the backup's moment is taken; tests see that writers wait. Default: does nothing.</summary>
    public Action AtTheMoment { get; init; } = static () => { };

    /// <summary>Has nothing pass from one book to another until it is disposed. Default: does nothing, for a node that is stopped.</summary>
    public Func<IDisposable?> HoldArrivals { get; init; } = static () => null;

    /// <summary>Takes a backup. In the process of the running node, or with the hold on the directory of a stopped one.</summary>
    /// <param name="target">A folder that is not there yet.</param>
    /// <param name="takenAt">Unix milliseconds of the machine's clock.</param>
    /// <param name="program">Version of the program.</param>
    /// <param name="onBytes">Told now and then how many bytes are written.</param>
    /// <exception cref="IOException">The target is there already, or can't be written to.</exception>
    /// <exception cref="ArgumentException">The directory is of no node.</exception>
    public BackupManifest Take(string target, long takenAt, string program, Action<long>? onBytes = null)
    {
        var genesis = Path.Combine(Directory, "network");
        if (!File.Exists(genesis))
        {
            throw new ArgumentException($"{Directory} is no node's data directory: there is no file 'network'.");
        }

        var folder = BackupFolder.Create(target);
        try
        {
            var journals = Write(folder, onBytes ?? (static _ => { }));
            return folder.Finish(File.ReadAllText(genesis).Trim(), takenAt, program, journals);
        }
        catch
        {
            folder.Abandon();
            throw;
        }
        finally
        {
            ClearLinks();
        }
    }

    /// <summary>Removes the second names that a backup left which was killed.</summary>
    public void ClearLinks()
    {
        if (System.IO.Directory.Exists(Path.Combine(Directory, Links)))
        {
            System.IO.Directory.Delete(Path.Combine(Directory, Links), recursive: true);
        }
    }

    private List<BackupJournal> Write(BackupFolder target, Action<long> onBytes)
    {
        ClearLinks();
        var journals = JournalFolders().Select(folder => (Name: Path.GetFileName(folder), Copy: new JournalCopy(folder))).ToList();
        try
        {
            var single = new List<(string Name, byte[] Bytes)>();
            AtomicFileMoment.Take([.. Atomic.Select(store => (Path.Combine(Directory, store.Name), LinksOf(store.Name)))], () =>
            {
                // What a driver notes as done was done before it noted it: so its notes are read before the journals' ends.
                single.AddRange(SingleFiles());

                // One journal's end is found after another's: what is told between them would be in one book and have left no other.
                using var held = HoldArrivals();
                journals.ForEach(journal => journal.Copy.Mark());
                AtTheMoment();
            });
            foreach (var (name, bytes) in single)
            {
                target.Write(name, bytes);
            }

            foreach (var (name, copy) in journals)
            {
                copy.WriteTo(target, Path.Combine(Books, name));
                onBytes(target.Bytes);
            }

            WriteStates(target, onBytes);
            WriteChunks(target, onBytes);
            return [.. journals.Select(journal => new BackupJournal(journal.Name, journal.Copy.Frame, journal.Copy.At))];
        }
        finally
        {
            journals.ForEach(journal => journal.Copy.Dispose());
        }
    }

    private void WriteStates(BackupFolder target, Action<long> onBytes)
    {
        foreach (var (name, kind) in Atomic.Where(store => System.IO.Directory.Exists(LinksOf(store.Name))))
        {
            using var folder = new AtomicFileFolder(LinksOf(name), null);
            foreach (var file in folder.Names())
            {
                var path = folder.PathOf(file);
                var bytes = File.ReadAllBytes(path);
                AtomicFileRecord.Decode(Path.Combine(Directory, name, Path.GetRelativePath(LinksOf(name), path)), bytes, kind, null);
                target.Write(Path.Combine(name, Path.GetRelativePath(LinksOf(name), path)), bytes);
                onBytes(target.Bytes);
            }
        }
    }

    /// <summary>Chunks are put before anything names them and never change: those that are there now are enough, and more do no harm.</summary>
    private void WriteChunks(BackupFolder target, Action<long> onBytes)
    {
        using var folder = new AtomicFileFolder(Path.Combine(Directory, Chunks), null);
        foreach (var name in folder.Names())
        {
            var path = folder.PathOf(name);
            var bytes = File.ReadAllBytes(path);
            if (Keccak.Hash(bytes) is var actual && actual.ToString()[2..] != name)
            {
                throw new IOException($"The chunk 0x{name} at {path} has the hash {actual}. No backup was made; restore the chunk first.");
            }

            target.Write(Path.GetRelativePath(Directory, path), bytes);
            onBytes(target.Bytes);
        }
    }

    /// <summary>The files that lie in the directory itself, without locks, unfinished ones, and what says where the running node listens.</summary>
    private IEnumerable<(string Name, byte[] Bytes)> SingleFiles() => new DirectoryInfo(Directory).EnumerateFiles()
        .Where(file => !file.Name.StartsWith('.') && !file.Name.EndsWith(".new", StringComparison.Ordinal))
        .Select(file => (file.Name, Read(file.FullName)));

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private string[] JournalFolders() => System.IO.Directory.Exists(Path.Combine(Directory, Books))
        ? System.IO.Directory.GetDirectories(Path.Combine(Directory, Books))
        : [];

    private string LinksOf(string store) => Path.Combine(Directory, Links, store);
}
