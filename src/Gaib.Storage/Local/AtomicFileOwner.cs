namespace Gaib.Storage.Local;

/// <summary>
/// This process's hold on a folder: a locked file that a second process cannot lock, and gates that make check-then-write one step
/// for everybody in this process. The system drops the lock with the process, however it dies.
/// </summary>
internal sealed class AtomicFileOwner
{
    private const int GateCount = 64;
    private static readonly Lock Registry = new();
    private static readonly Dictionary<string, AtomicFileOwner> Owners = new(StringComparer.Ordinal);

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly Lock[] _gates;
    private int _users;

    private AtomicFileOwner(string folder, FileStream @lock)
    {
        _folder = folder;
        _lock = @lock;
        _gates = [.. Enumerable.Range(0, GateCount).Select(_ => new Lock())];
    }

    /// <summary>Takes hold of the folder, or shares this process's hold.</summary>
    /// <param name="folder">Full path of an existing folder.</param>
    /// <param name="first">Runs once while nobody else can be writing: the place to clear away what a crash left.</param>
    /// <exception cref="AtomicFileInUseException">Another process holds it.</exception>
    internal static AtomicFileOwner Acquire(string folder, Action first)
    {
        lock (Registry)
        {
            if (!Owners.TryGetValue(folder, out var owner))
            {
                owner = new AtomicFileOwner(folder, LockFile(folder));
                try
                {
                    first();
                }
                catch
                {
                    owner._lock.Dispose();
                    throw;
                }

                Owners.Add(folder, owner);
            }

            owner._users++;
            return owner;
        }
    }

    /// <summary>Lets go; the last one in this process frees the folder.</summary>
    internal void Release()
    {
        lock (Registry)
        {
            if (--_users == 0)
            {
                Owners.Remove(_folder);
                _lock.Dispose();
            }
        }
    }

    /// <summary>The gate of a name; names share gates.</summary>
    internal Lock Gate(string name) => _gates[(uint)string.GetHashCode(name, StringComparison.Ordinal) % GateCount];

    /// <summary>Told each name before its file changes; null where nobody asks.</summary>
    internal volatile Action<string>? Changed;

    /// <summary>Closes all gates: whoever writes waits until <see cref="Open"/>. Both on the same thread.</summary>
    internal void Close()
    {
        foreach (var gate in _gates)
        {
            gate.Enter();
        }
    }

    /// <summary>Opens all gates.</summary>
    internal void Open()
    {
        foreach (var gate in _gates)
        {
            gate.Exit();
        }
    }

    private static FileStream LockFile(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, ".owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException locked)
        {
            throw new AtomicFileInUseException(folder, locked);
        }
    }
}
