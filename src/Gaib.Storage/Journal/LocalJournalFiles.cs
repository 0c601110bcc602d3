using Gaib.Abstractions.Ports;
using Microsoft.Win32.SafeHandles;

namespace Gaib.Storage.Journal;

/// <summary>A journal's files in a folder of the local disk, owned by a lock that ends with the process.</summary>
internal sealed class LocalJournalFiles : IJournalFiles
{
    private const int ZerosAtOnce = 1 << 20;
    private const long BusyMs = 3_000;

    private readonly FileStream? _lock;
    private readonly int _openMax;
    private readonly Dictionary<string, SafeFileHandle> _open = [];
    private readonly Lock _gate = new();
    private long _madeAt = -BusyMs;
    private readonly Action<JournalStep> _onStep;
    private readonly DateTime _takenAt;

    private LocalJournalFiles(string folder, FileStream? owner, ulong epoch, Action<JournalStep> onStep, int openMax = int.MaxValue) =>
        (Place, _lock, Epoch, _onStep, _takenAt, _openMax) = (folder, owner, epoch, onStep, EpochFile.WrittenAt(folder), openMax);

    public string Place { get; }

    public ulong Epoch { get; }

    /// <summary>Takes the folder over, making it if it is missing.</summary>
    /// <exception cref="JournalUnavailableException">Another process holds it.</exception>
    public static LocalJournalFiles Take(string folder, Action<JournalStep> onStep)
    {
        Directory.CreateDirectory(folder);
        var owner = EpochFile.Take(folder, onStep, out var epoch);
        return new LocalJournalFiles(folder, owner, epoch, onStep);
    }

    /// <summary>Looks at the folder beside its owner; nothing is to be written. A file that was looked at once stays, also when its owner removes it.</summary>
    public static LocalJournalFiles Watch(string folder) => new(folder, null, 0, static _ => { });

    /// <summary>The same, from one thread at a time, for whoever goes through all segments that there ever were: few of them are open at once.</summary>
    public static LocalJournalFiles Browse(string folder) => new(folder, null, 0, static _ => { }, openMax: 32);

    /// <summary>One look at the file's time, before anything is overwritten and before anything is said to be written or to be so.</summary>
    public void RequireOwner()
    {
        if (EpochFile.WrittenAt(Place) != _takenAt)
        {
            throw new JournalUnavailableException(
                $"{Place} was taken over by another owner, or its file \"owner\" was removed or changed. Nothing more is written by this one.");
        }
    }

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
        try
        {
            MakeZeros(path + Segments.Unfinished, bytes);
        }
        catch (IOException)
        {
            // On a full disk what was written so far would only keep the space from everybody else.
            File.Delete(path + Segments.Unfinished);
            throw;
        }

        _onStep(JournalStep.BeforeFileRename);
        RequireOwner();
        File.Move(path + Segments.Unfinished, path, overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }

    public void Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        RequireOwner();
        RandomAccess.Write(HandleOf(name), bytes, offset);
    }

    public void Flush(string name)
    {
        RandomAccess.FlushToDisk(HandleOf(name));
        RequireOwner();
    }

    public void Rename(string from, string to)
    {
        RequireOwner();
        Forget(from);
        Forget(to);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(to))!);
        File.Move(PathOf(from), PathOf(to), overwrite: true);
        var (old, folder) = (Path.GetDirectoryName(PathOf(from))!, Path.GetDirectoryName(PathOf(to))!);
        DurableFolder.Flush(folder);
        if (old != folder)
        {
            DurableFolder.Flush(old);
        }
    }

    public void Delete(string name)
    {
        RequireOwner();
        Forget(name);
        File.Delete(PathOf(name));
        DurableFolder.Flush(Path.GetDirectoryName(PathOf(name))!);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            CloseAll();
        }

        _lock?.Dispose();
    }

    private void CloseAll()
    {
        foreach (var handle in _open.Values)
        {
            handle.Dispose();
        }

        _open.Clear();
    }

    /// <summary>
    /// Zeros that are written make each later flush cheaper, since the file system has nothing to note down any more. A journal that fills
    /// its segments within seconds is bound by how much is written, and not by flushes: its segments are only reserved, and read as zeros too.
    /// </summary>
    private void MakeZeros(string path, long bytes)
    {
        var now = Environment.TickCount64;
        var isBusy = bytes >= ZerosAtOnce && now - _madeAt < BusyMs;
        _madeAt = bytes >= ZerosAtOnce ? now : _madeAt;
        if (!isBusy)
        {
            WriteZeros(path, bytes);
            return;
        }

        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, preallocationSize: bytes);
        RandomAccess.SetLength(file, bytes);
        RandomAccess.FlushToDisk(file);
    }

    private static void WriteZeros(string path, long bytes)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var zeros = new byte[(int)long.Min(ZerosAtOnce, bytes)];
        for (long at = 0; at < bytes; at += zeros.Length)
        {
            RandomAccess.Write(file, zeros.AsSpan(0, (int)long.Min(zeros.Length, bytes - at)), at);
        }

        RandomAccess.FlushToDisk(file);
    }

    private string PathOf(string name) => Path.Combine(Place, name);

    private SafeFileHandle HandleOf(string name)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(name, out var handle))
            {
                if (_open.Count >= _openMax)
                {
                    CloseAll();
                }

                _open.Add(name, handle = OpenNow(name));
            }

            return handle;
        }
    }

    private SafeFileHandle OpenNow(string name)
    {
        var access = _lock is null ? FileAccess.Read : FileAccess.ReadWrite;
        const FileShare All = FileShare.ReadWrite | FileShare.Delete;
        try
        {
            return File.OpenHandle(PathOf(name), FileMode.Open, access, All);
        }
        catch (FileNotFoundException) when (_lock is null)
        {
            // Its owner has moved it aside since it was listed.
            return File.OpenHandle(PathOf(Segments.ArchivedNameOf(name)), FileMode.Open, access, All);
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
