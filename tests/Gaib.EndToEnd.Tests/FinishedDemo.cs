using System.Text.Json.Nodes;

[assembly: AssemblyFixture(typeof(Gaib.EndToEnd.Tests.FinishedDemo))]

namespace Gaib.EndToEnd.Tests;

/// <summary>One short demo that ran to its end, for all tests that start from there; each works on a copy.</summary>
public sealed class FinishedDemo : IAsyncLifetime
{
    public const int Seed = 31;

    private readonly TemporaryFolder _folder = new();

    internal JsonObject Report { get; private set; } = [];

    public async ValueTask InitializeAsync() => Report = await DemoRun.ReportAsync(_folder.Of("node"), Seed);

    /// <summary>Copies the node's data directory with its export.</summary>
    internal void CopyTo(string directory)
    {
        var source = _folder.Of("node");
        foreach (var folder in Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories).Prepend(source))
        {
            Directory.CreateDirectory(Path.Combine(directory, Path.GetRelativePath(source, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(directory, Path.GetRelativePath(source, file)));
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
