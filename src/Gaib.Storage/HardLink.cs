using System.Runtime.InteropServices;

namespace Gaib.Storage;

/// <summary>A second name for a file. A file that is only ever replaced by rename keeps its bytes under the second name.</summary>
internal static partial class HardLink
{
    private const int NoSuchFile = 2;

    /// <summary>Gives the file a second name, or copies it where the file system knows no such thing.</summary>
    /// <exception cref="FileNotFoundException">The file is not there.</exception>
    public static void Make(string path, string second)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(path, second) == 0)
            {
                return;
            }

            if (Marshal.GetLastPInvokeError() == NoSuchFile && !File.Exists(path))
            {
                throw new FileNotFoundException($"{path} is not there.", path);
            }
        }

        File.Copy(path, second);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string second);
}
