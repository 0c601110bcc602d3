using System.Runtime.InteropServices;

namespace Gaib.Storage;

/// <summary>Makes the names in a folder durable. The framework refuses to open folders, so this asks the C library itself.</summary>
internal static partial class DurableFolder
{
    /// <summary>Flushes the folder's entries, so that a rename or a new file survives a power cut. Does nothing on Windows.</summary>
    /// <exception cref="IOException">The system refused; the error number is in the message.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Opening {folder} to flush it failed with error {Marshal.GetLastPInvokeError()}.");
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"Flushing {folder} failed with error {Marshal.GetLastPInvokeError()}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
