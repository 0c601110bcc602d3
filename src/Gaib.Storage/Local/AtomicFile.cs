namespace Gaib.Storage.Local;

/// <summary>
/// Files that are whole or not there. The order is always: write beside, fsync the bytes, rename over, fsync the folder; after a
/// crash the name holds all of the old bytes or all of the new ones (POSIX rename; fsync(2) says why the folder needs its own).
/// </summary>
internal static class AtomicFile
{
    /// <summary>Writes the pieces one after the other into a new file and waits until they are on the disk.</summary>
    internal static void WriteDurably(string path, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        RandomAccess.Write(handle, pieces, 0);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Gives a durable file its name, in place of the file that had it.</summary>
    internal static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(to)!);
    }

    /// <summary>Removes a file durably; a missing one is fine.</summary>
    internal static void Delete(string path)
    {
        File.Delete(path);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a folder whose parent exists, durably.</summary>
    internal static void CreateFolder(string path)
    {
        Directory.CreateDirectory(path);
        DurableFolder.Flush(path);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }
}
