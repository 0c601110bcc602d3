namespace Gaib.EndToEnd.Tests;

/// <summary>Every command that the docs show is run here, in the order in which a reader meets it.</summary>
public sealed class DocsTests
{
    private const string Prefix = "dotnet run -c Release --project src/Gaib.Cli -- ";

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/start/README.md")]
    public async Task Commands_OfAPage_Work(string page)
    {
        using var folder = new TemporaryFolder();
        var commands = File.ReadLines(Path.Combine(Root(), page))
            .Where(line => line.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(line => line[Prefix.Length..].Split('#')[0].Trim()).ToArray();
        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            var arguments = command.Replace("gaib-data", folder.Of("gaib-data"), StringComparison.Ordinal).Split(' ').ToList();
            if (arguments[0] == "demo")
            {
                // The page's demo takes its time; the same path on less data is enough here.
                arguments.AddRange(["--short", "--data-dir", folder.Of("gaib-data")]);
            }

            var finished = await GaibProcess.RunAsync([.. arguments]);
            Assert.True(finished.ExitCode == 0, $"{command}: {finished.Errors}{finished.Output}");
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gaib.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
