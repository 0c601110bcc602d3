using System.Collections.Concurrent;

namespace Gaib.Storage.Local;

/// <summary>
/// A folder of atomic files whose names begin with hexadecimal digits. They are spread over two levels of one digit each, 256
/// folders, because making a folder durable costs as much as a file and more folders pay off only beyond tens of millions of files.
/// Unfinished files lie apart in <c>.tmp</c>, so that clearing them away after a crash does not search all files.
/// </summary>
internal sealed class AtomicFileFolder(string root, AtomicFileFault? fault) : IDisposable
{
    private const string Digits = "0123456789abcdef";

    // An empty path is left for the options' validator, which runs after the stores are made and says it better.
    private readonly string _root = root.Length == 0 ? root : Path.GetFullPath(root);
    private readonly ConcurrentDictionary<string, bool> _made = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private AtomicFileOwner? _owner;

    /// <summary>Takes hold of the folder for writing and clears away unfinished files. Doing it again changes nothing.</summary>
    /// <exception cref="AtomicFileInUseException">Another process holds it.</exception>
    internal AtomicFileOwner Own()
    {
        lock (_opening)
        {
            if (_owner is null)
            {
                MakeWithParents(_root);
                _owner = AtomicFileOwner.Acquire(_root, ClearUnfinished);
            }

            return _owner;
        }
    }

    /// <summary>Lets go of the folder; the next write takes hold again.</summary>
    public void Dispose()
    {
        lock (_opening)
        {
            _owner?.Release();
            _owner = null;
        }
    }

    /// <summary>Where the file with that name lies.</summary>
    internal string PathOf(string name) => Path.Combine(_root, name[..1], name[1..2], name);

    /// <summary>The file's bytes, or null.</summary>
    internal byte[]? Read(string name, string key)
    {
        fault?.Invoke(AtomicFilePoint.Read, key);
        try
        {
            return File.ReadAllBytes(PathOf(name));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Puts the pieces in place of what has that name, and returns when they are durable.</summary>
    internal void Write(string name, string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        Own().Changed?.Invoke(name);
        fault?.Invoke(AtomicFilePoint.BeforeWrite, key);
        var path = PathOf(name);
        var unfinished = Path.Combine(_root, ".tmp", $"{name}.{Guid.NewGuid():N}");
        Make(Path.GetDirectoryName(unfinished)!);
        Make(Path.Combine(_root, name[..1]));
        Make(Path.GetDirectoryName(path)!);
        try
        {
            AtomicFile.WriteDurably(unfinished, pieces);
            fault?.Invoke(AtomicFilePoint.BeforeRename, key);
            AtomicFile.Rename(unfinished, path);
        }
        catch (IOException)
        {
            File.Delete(unfinished);
            throw;
        }

        fault?.Invoke(AtomicFilePoint.AfterWrite, key);
    }

    /// <summary>Removes the file durably.</summary>
    internal void Delete(string name, string key)
    {
        Own().Changed?.Invoke(name);
        fault?.Invoke(AtomicFilePoint.BeforeWrite, key);
        AtomicFile.Delete(PathOf(name));
        fault?.Invoke(AtomicFilePoint.AfterWrite, key);
    }

    /// <summary>Makes sure that a file that is visible is also durable: its writer may be between rename and fsync.</summary>
    internal void SyncFolderOf(string name) => DurableFolder.Flush(Path.GetDirectoryName(PathOf(name))!);

    /// <summary>All names that begin with these digits (none, one, two or more), ascending.</summary>
    internal IEnumerable<string> Names(string prefix = "") =>
        from high in Digits
        where prefix.Length < 1 || prefix[0] == high
        from low in Digits
        where prefix.Length < 2 || prefix[1] == low
        from name in NamesIn(Path.Combine(_root, high.ToString(), low.ToString()))
        where name.StartsWith(prefix, StringComparison.Ordinal)
        select name;

    private static IEnumerable<string> NamesIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
        : [];

    private void ClearUnfinished()
    {
        var folder = Path.Combine(_root, ".tmp");
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder))
            {
                File.Delete(path);
            }
        }
    }

    private static void MakeWithParents(string folder)
    {
        if (!Directory.Exists(folder))
        {
            MakeWithParents(Path.GetDirectoryName(folder)!);
            AtomicFile.CreateFolder(folder);
        }
    }

    /// <summary>Durable even if it is there: a process that died may have made it and not waited for the disk.</summary>
    private void Make(string folder)
    {
        if (!_made.ContainsKey(folder))
        {
            AtomicFile.CreateFolder(folder);
            _made[folder] = true;
        }
    }
}
