using Gaib.Storage.Local;

namespace Gaib.Storage.Backup;

/// <summary>
/// A backup that is being written. It lies under another name, <c>B.unfinished</c>, until all is flushed and its manifest is written;
/// only then it gets the name that was asked for. So a folder with that name is whole.
/// </summary>
internal sealed class BackupFolder
{
    private readonly string _target;
    private readonly string _unfinished;
    private readonly List<BackupEntry> _files = [];
    private readonly HashSet<string> _folders = [];

    private BackupFolder(string target, string unfinished) => (_target, _unfinished) = (target, unfinished);

    /// <summary>Bytes written so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins.</summary>
    /// <exception cref="IOException">The target is there already, or a backup to it did not end.</exception>
    public static BackupFolder Create(string target)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (Path.Exists(full))
        {
            throw new IOException($"{target} is there already. Choose a new folder for the backup.");
        }

        var unfinished = full + ".unfinished";
        if (Path.Exists(unfinished))
        {
            throw new IOException($"{unfinished} is there: a backup to {target} is under way or did not end. Remove it, or choose another folder.");
        }

        Directory.CreateDirectory(unfinished);
        return new BackupFolder(full, unfinished);
    }

    /// <summary>Writes a file and waits until it is on the disk.</summary>
    /// <param name="path">Relative to the backup.</param>
    /// <param name="bytes">Its content.</param>
    public void Write(string path, ReadOnlyMemory<byte> bytes) => Write(path, [bytes]);

    /// <summary>Writes a file piece by piece and waits until it is on the disk.</summary>
    /// <param name="path">Relative to the backup.</param>
    /// <param name="pieces">Its content in order; each is used before the next is asked for.</param>
    public void Write(string path, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var full = Path.Combine(_unfinished, path);
        var folder = Path.GetDirectoryName(full)!;
        if (_folders.Add(folder))
        {
            Directory.CreateDirectory(folder);
        }

        var entry = BackupFile.Write(full, path.Replace('\\', '/'), pieces);
        _files.Add(entry);
        Bytes += entry.Length;
    }

    /// <summary>Writes the manifest and gives the backup its name.</summary>
    public BackupManifest Finish(string genesis, long takenAt, string program, IReadOnlyList<BackupJournal> journals)
    {
        var manifest = new BackupManifest(genesis, takenAt, program, journals, _files);
        foreach (var folder in Directory.EnumerateDirectories(_unfinished, "*", SearchOption.AllDirectories))
        {
            DurableFolder.Flush(folder);
        }

        AtomicFile.WriteDurably(Path.Combine(_unfinished, BackupManifest.FileName), [manifest.ToJson()]);
        DurableFolder.Flush(_unfinished);
        Directory.Move(_unfinished, _target);
        DurableFolder.Flush(Path.GetDirectoryName(_target)!);
        return manifest;
    }

    /// <summary>Removes what was written of a backup that can't be ended.</summary>
    public void Abandon()
    {
        if (Directory.Exists(_unfinished))
        {
            Directory.Delete(_unfinished, recursive: true);
        }
    }
}
