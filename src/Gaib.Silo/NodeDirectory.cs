namespace Gaib.Silo;

/// <summary>
/// This process's hold on a node's data directory: a locked file that a second process can't lock. The system drops the lock with the
/// process, however it dies.
/// </summary>
public sealed class NodeDirectory : IDisposable
{
    // What the system says of a lock that another process has: EAGAIN on Linux, EWOULDBLOCK on macOS, a sharing violation on Windows.
    private static readonly int[] LockedElsewhere = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;

    private NodeDirectory(FileStream @lock) => _lock = @lock;

    /// <summary>Takes hold of a folder, and makes it if it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">Another process holds it, or it can't be made or written to; the message says which.</exception>
    public static NodeDirectory Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new NodeDirectory(
                new FileStream(Path.Combine(path, ".owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException locked) when (LockedElsewhere.Contains(locked.HResult))
        {
            throw new IOException($"{path} is in use by another process. Stop that one first, or choose another data directory.", locked);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new IOException($"{path} can't be a data directory: {refused.Message} Choose another data directory.", refused);
        }
    }

    /// <summary>True when a process holds the folder.</summary>
    /// <param name="path">The folder.</param>
    public static bool IsHeld(string path)
    {
        try
        {
            using var free = new FileStream(Path.Combine(path, ".owner"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException fault)
        {
            return LockedElsewhere.Contains(fault.HResult);
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _lock.Dispose();
}
