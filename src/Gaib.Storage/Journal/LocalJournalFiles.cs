using Gaib.Abstractions.Ports;
using Microsoft.Win32.SafeHandles;

namespace Gaib.Storage.Journal;

/// <summary>A journal's files in a folder of the local disk, owned by a lock that ends with the process.</summary>
internal sealed class LocalJournalFiles : IJournalFiles
{
    private const int ZerosAtOnce = 1 << 20;

    private readonly FileStream? _lock;
    private readonly Dictionary<string, SafeFileHandle> _open = [];
    private readonly Lock _gate = new();

    private LocalJournalFiles(string folder, FileStream? owner, ulong epoch) => (Place, _lock, Epoch) = (folder, owner, epoch);

    public string Place { get; }

    public ulong Epoch { get; }

    /// <summary>Takes the folder over, making it if it is missing.</summary>
    /// <exception cref="JournalUnavailableException">Another process holds it.</exception>
    public static LocalJournalFiles Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var owner = EpochFile.Take(folder, out var epoch);
        return new LocalJournalFiles(folder, owner, epoch);
    }

    /// <summary>Looks at the folder beside its owner; nothing is to be written.</summary>
    public static LocalJournalFiles Watch(string folder) => new(folder, null, 0);

    public IReadOnlyCollection<string> List() => !Directory.Exists(Place) ? [] :
    [
        .. Directory.EnumerateFiles(Place, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Place, path)),
    ];

    public long LengthOf(string name) => RandomAccess.GetLength(HandleOf(name));

    public int Read(string name, long offset, Span<byte> into)
    {
        var handle = HandleOf(name);
        var read = 0;
        while (read < into.Length && RandomAccess.Read(handle, into[read..], offset + read) is > 0 and var more)
        {
            read += more;
        }

        return read;
    }

    public void Create(string name, long bytes)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Forget(name);
        using (var file = File.OpenHandle(path + ".zero", FileMode.Create, FileAccess.Write))
        {
            var zeros = new byte[(int)long.Min(ZerosAtOnce, bytes)];
            for (long at = 0; at < bytes; at += zeros.Length)
            {
                RandomAccess.Write(file, zeros.AsSpan(0, (int)long.Min(zeros.Length, bytes - at)), at);
            }

            RandomAccess.FlushToDisk(file);
        }

        File.Move(path + ".zero", path, overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }

    public void Write(string name, long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(HandleOf(name), bytes, offset);

    public void Flush(string name) => RandomAccess.FlushToDisk(HandleOf(name));

    public void Rename(string from, string to)
    {
        Forget(from);
        Forget(to);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(to))!);
        File.Move(PathOf(from), PathOf(to), overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(PathOf(to))!);
        DurableFolder.Flush(Path.GetDirectoryName(PathOf(from))!);
    }

    public void Delete(string name)
    {
        Forget(name);
        File.Delete(PathOf(name));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var handle in _open.Values)
            {
                handle.Dispose();
            }

            _open.Clear();
        }

        _lock?.Dispose();
    }

    private string PathOf(string name) => Path.Combine(Place, name);

    private SafeFileHandle HandleOf(string name)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(name, out var handle))
            {
                var access = _lock is null ? FileAccess.Read : FileAccess.ReadWrite;
                handle = File.OpenHandle(PathOf(name), FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
                _open.Add(name, handle);
            }

            return handle;
        }
    }

    private void Forget(string name)
    {
        lock (_gate)
        {
            if (_open.Remove(name, out var handle))
            {
                handle.Dispose();
            }
        }
    }
}
