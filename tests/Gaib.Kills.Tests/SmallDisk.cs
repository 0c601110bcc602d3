using System.Diagnostics;

namespace Gaib.Kills.Tests;

/// <summary>A real file system of a few megabytes, in memory, that can be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>Mounts one; skips the test where that is not permitted.</summary>
    public static SmallDisk Mount(int mebibytes)
    {
        var folder = Directory.CreateTempSubdirectory("gaib-small-").FullName;
        var refused = Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", folder);
        if (refused.Length > 0)
        {
            Directory.Delete(folder);
            Assert.Skip($"No small file system can be mounted here, which takes root on Linux: {refused}");
        }

        return new SmallDisk(folder);
    }

    /// <summary>Lays something down that takes space.</summary>
    public void Load(int bytes) => File.WriteAllBytes(Ballast, new byte[bytes]);

    /// <summary>Takes it away.</summary>
    public void Unload() => File.Delete(Ballast);

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static string Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? "" : $"{program} ended with {process.ExitCode}: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
