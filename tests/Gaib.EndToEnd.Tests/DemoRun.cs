using System.Text.Json.Nodes;

namespace Gaib.EndToEnd.Tests;

/// <summary>One run of the short demo and what it printed.</summary>
internal static class DemoRun
{
    public static string[] Arguments(string directory, int seed, int threads = 1) =>
        ["demo", "--short", "--seed", $"{seed}", "--data-dir", directory, "--threads", $"{threads}", "--format", "json"];

    public static async Task<JsonObject> ReportAsync(string directory, int seed, int threads = 1)
    {
        var finished = await GaibProcess.RunAsync(Arguments(directory, seed, threads));
        Assert.True(finished.ExitCode == 0, finished.Errors);
        return Parse(finished.Output);
    }

    public static JsonObject Parse(string output)
    {
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return JsonNode.Parse(output)!.AsObject();
    }

    /// <summary>The report without what may differ: where it ran, and what this very process had to execute.</summary>
    public static string Comparable(JsonObject report)
    {
        var copy = report.DeepClone().AsObject();
        copy.Remove("exportDir");
        copy.Remove("executed");
        return copy.ToJsonString();
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gaib-e2e-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
