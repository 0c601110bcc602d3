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

    /// <summary>A new empty folder that is removed when the tests end.</summary>
    public static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("gaib-verify-").FullName;
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
        return process.ExitCode == 0
            ? Path.Combine(folder, "export")
            : throw new InvalidOperationException($"The demo ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }
}
