using System.ComponentModel;
using System.Runtime.InteropServices;

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
        SyncFolder(Path.GetDirectoryName(to)!);
    }

    /// <summary>Removes a file durably; a missing one is fine.</summary>
    internal static void Delete(string path)
    {
        File.Delete(path);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a folder whose parent exists, durably.</summary>
    internal static void CreateFolder(string path)
    {
        Directory.CreateDirectory(path);
        SyncFolder(path);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Waits until the folder's list of names is on the disk. Windows journals it by itself and has no call for it.</summary>
    /// <exception cref="IOException">The folder can't be opened or flushed.</exception>
    internal static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            throw Failure(path);
        }

        try
        {
            if (Sync(descriptor) != 0)
            {
                throw Failure(path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string path)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"The folder {path} can't be made durable: {error.Message}", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
