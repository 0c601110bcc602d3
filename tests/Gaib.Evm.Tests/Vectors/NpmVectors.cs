using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gaib.Evm.Tests;

/// <summary>Runs what others wrote: the scripts of tests/vectors under node, and cast. Both come from its package-lock.json.</summary>
internal static class NpmVectors
{
    private const string Cast = "@foundry-rs/cast-linux-amd64/bin/cast";

    private static readonly string Folder = Path.Combine(RepositoryRoot(), "tests", "vectors");

    /// <summary>True in the nightly campaign, which draws many more cases.</summary>
    public static bool Nightly => Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";

    /// <summary>Runs a script of tests/vectors and reads the JSON that it prints.</summary>
    public static async Task<JsonElement> NodeAsync(string script, string input, params string[] arguments)
    {
        Require("ethers");
        var output = await RunAsync("node", input, [Path.Combine(Folder, script), .. arguments]);
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    /// <summary>Runs cast and returns what it prints, trimmed. Skips the test where cast is not pinned for the platform.</summary>
    public static async Task<string> CastAsync(params string[] arguments)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64,
            "cast is pinned for Linux on x64 only: the lock file of tests/vectors holds no other binary.");
        return (await RunAsync(Require(Cast), "", arguments)).Trim();
    }

    private static string Require(string module)
    {
        var path = Path.Combine(Folder, "node_modules", module);
        Assert.True(Path.Exists(path), $"{module} is not installed: run `npm ci --ignore-scripts` in tests/vectors.");
        return path;
    }

    private static async Task<string> RunAsync(string file, string input, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(file)} ended with {process.ExitCode}: {await error}");
        return await output;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gaib.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Gaib.sln is in no folder above the tests.");
    }
}
