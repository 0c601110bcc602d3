using System.Diagnostics;
using System.Globalization;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>The export of a short demo, made by the real program once a test run.</summary>
internal static class DemoExport
{
    public const ulong Seed = 1;

    private static readonly Lazy<string> Made = new(Make);

    /// <summary>The folder of the export. Nobody writes into it.</summary>
    public static string Folder => Made.Value;

    // A mutant is thirty files for a fraction of a second: memory does, where the machine has a folder in it.
    public static readonly string Fast = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    /// <summary>A new empty folder that is removed when the tests end.</summary>
    public static string NewFolder(string? root = null)
    {
        var folder = Path.Combine(root ?? Path.GetTempPath(), $"gaib-verify-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        };
        return folder;
    }

    private static string Make()
    {
        var folder = NewFolder();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "gaib.dll"), "demo", "--short", "--seed", Seed.ToString(CultureInfo.InvariantCulture),
            "--data-dir", folder, "--format", "json",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The demo ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        }

        // The node is of no more use, and at the end of the tests there is little time to remove it.
        var export = NewFolder();
        Directory.Delete(export);
        Directory.Move(Path.Combine(folder, "export"), export);
        Directory.Delete(folder, recursive: true);
        return export;
    }
}
