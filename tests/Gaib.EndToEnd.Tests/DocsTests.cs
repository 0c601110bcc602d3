using System.Text.RegularExpressions;

namespace Gaib.EndToEnd.Tests;

/// <summary>Every command that the docs show is run here, in the order in which a reader meets it; refusals are as they say.</summary>
public sealed partial class DocsTests(FinishedDemo finished)
{
    private const string Prefix = "dotnet run -c Release --project src/Gaib.Cli -- ";

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/start/README.md")]
    [InlineData("docs/operating/README.md")]
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

    /// <summary>What an operator may meet is made to happen; the program says what the page says, and nothing after.</summary>
    [Fact]
    public async Task Refusals_OfTheOperatorsPage_AreSaidAsTheyStandThere()
    {
        using var folder = new TemporaryFolder();
        var node = folder.Of("node");
        finished.CopyTo(node);

        await AssertRefusedAsync("DIR holds a demo of seed", DemoRun.Arguments(node, 4));
        await AssertRefusedAsync("DIR is no data directory", Export(folder.Path, folder.Of("out")));
        await AssertRefusedAsync("DIR holds NAME, which is of no export", Export(node, node));

        await WithChangedAsync(Path.Combine(node, "network"), _ => "0x01\n"u8.ToArray(), () =>
            AssertRefusedAsync("DIR belongs to the network", DemoRun.Arguments(node, FinishedDemo.Seed)));
        await WithChangedAsync(Path.Combine(node, "books", "book-0", "journal-00000001.seg"), bytes => Spoilt(bytes, 2_000), async () =>
        {
            await AssertRefusedAsync("….seg is damaged at offset N: frame M is unreadable", Export(node, folder.Of("out")));
            await AssertRefusedAsync("….seg is damaged at offset N: frame M is unreadable", DemoRun.Arguments(node, FinishedDemo.Seed));
        });

        // The last frame ends with the segment's last byte that is not zero.
        await WithChangedAsync(
            Path.Combine(node, "books", "book-0", "journal-00000001.seg"), bytes => Spoilt(bytes, Array.FindLastIndex(bytes, b => b != 0)), () =>
                AssertRefusedAsync("….seg is damaged at offset N: frame M was written whole", Export(node, folder.Of("out"))));
        using var owner = new FileStream(Path.Combine(node, ".owner"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await AssertRefusedAsync("DIR is in use by another process", DemoRun.Arguments(node, FinishedDemo.Seed));
        await AssertRefusedAsync("DIR is in use by a process that takes no orders", ["backup", "--data-dir", node, "--out", folder.Of("backup")]);
    }

    private static string[] Export(string data, string target) => ["export", "--data-dir", data, "--out", target];

    private static byte[] Spoilt(byte[] bytes, int at)
    {
        var spoilt = bytes.ToArray();
        spoilt[at] ^= 1;
        return spoilt;
    }

    private static async Task WithChangedAsync(string path, Func<byte[], byte[]> change, Func<Task> meanwhile)
    {
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, change(before), TestContext.Current.CancellationToken);
        await meanwhile();
        await File.WriteAllBytesAsync(path, before, TestContext.Current.CancellationToken);
    }

    private static async Task AssertRefusedAsync(string begins, string[] arguments)
    {
        var row = File.ReadLines(Path.Combine(Root(), "docs", "operating", "README.md"))
            .Single(line => line.StartsWith($"| `{begins}", StringComparison.Ordinal)).Split('`')[1];
        var said = Placeholder().Replace(Regex.Escape(row), match => match.Value switch
        {
            "DIR" or "NAME" or "SETTINGS" => ".+",
            "0x…" => "0x[0-9a-f]+",
            "…" => ".*",
            _ => "[0-9]+",
        });

        var finished = await GaibProcess.RunAsync(arguments);

        Assert.Equal(1, finished.ExitCode);
        // Before it a demo may have said what it began; nothing comes after.
        Assert.Matches($"^{said}$", finished.Errors.Split('\n')[^1]);
    }

    [GeneratedRegex(@"\bDIR\b|\bNAME\b|\bSETTINGS\b|0x…|…|\b[NMK]\b")]
    private static partial Regex Placeholder();

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
