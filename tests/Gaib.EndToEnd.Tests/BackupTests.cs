using System.Collections.Concurrent;
using Gaib.Abstractions.Money;
using Gaib.Cli.Demo;
using Gaib.Client.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Silo;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Options;

namespace Gaib.EndToEnd.Tests;

/// <summary>Backups of real nodes while they work, and nodes that go on from them.</summary>
public sealed class BackupTests(FinishedDemo finished, ITestOutputHelper output)
{
    /// <summary>Steps after which the demo is in the middle of its next chapter.</summary>
    private static readonly string[] After = ["order", "round 2", "trade"];

    [Fact]
    public async Task Backup_InTheMiddleOfADemo_IsAnEconomyThatGoesOnToTheSameEnd()
    {
        using var folder = new TemporaryFolder();
        var node = folder.Of("node");
        using var demo = GaibProcess.Start(static _ => { }, DemoRun.Arguments(node, FinishedDemo.Seed));
        var ended = demo.EndAsync();
        var inTheMiddle = 0;
        foreach (var step in After)
        {
            while (!ended.IsCompleted && !Undisturbed.Noted(node).Contains(step))
            {
                await Task.WhenAny(ended, Task.Delay(1));
            }

            var backup = await GaibProcess.RunAsync("backup", "--data-dir", node, "--out", folder.Of($"backup {step}"));
            Assert.True(backup.ExitCode == 0, backup.Errors);
            inTheMiddle += ended.IsCompleted ? 0 : 1;
            output.WriteLine($"after '{step}': {Undisturbed.Noted(folder.Of($"backup {step}")).Length} steps, the demo {(ended.IsCompleted ? "had ended" : "went on")}");
        }

        // Being backed up changes nothing.
        var undisturbed = await ended;
        Assert.True(undisturbed.ExitCode == 0, undisturbed.Errors);
        Assert.Equal(DemoRun.Comparable(finished.Report), DemoRun.Comparable(DemoRun.Parse(undisturbed.Output)));
        Assert.False(File.Exists(Path.Combine(node, ".gateway")));
        Assert.True(inTheMiddle > 0, "every demo ended before its backup did");
        finished.CopyTo(folder.Of("finished"));
        foreach (var step in After)
        {
            var restored = folder.Of($"restored {step}");
            await RestoreAsync(folder.Of($"backup {step}"), restored);
            var report = await DemoRun.ReportAsync(restored, FinishedDemo.Seed);
            Assert.Equal(DemoRun.Comparable(finished.Report), DemoRun.Comparable(report));
            AssertSameFiles(Path.Combine(folder.Of("finished"), "export"), Path.Combine(restored, "export"));
        }
    }

    [Fact]
    public async Task Backup_UnderALoadOfTransfers_HasAllThatWasAnsweredBeforeItBegan()
    {
        using var folder = new TemporaryFolder();
        var (directory, scenario) = (folder.Of("node"), new DemoScenario(5, isShort: true));
        DemoSettings.Claim(directory, 5, isShort: true);
        await using var node = await DemoNode.StartAsync(scenario, directory, new LogicalClock(DemoScenario.Start));
        using var stopping = new CancellationTokenSource();
        var answered = new ConcurrentQueue<Hash32>();
        var load = Enumerable.Range(0, 4).Select(caller => Task.Run(() => SendAsync(node, scenario, caller, answered, stopping.Token))).ToArray();
        for (var n = 0; n < 3; n++)
        {
            var reached = answered.Count;
            while (answered.Count < reached + 500)
            {
                await Task.WhenAny(Task.WhenAny(load), Task.Delay(1));
                Assert.DoesNotContain(load, task => task.IsFaulted);
            }

            var before = answered.ToArray();
            var backup = await GaibProcess.RunAsync("backup", "--data-dir", directory, "--out", folder.Of($"backup-{n}"));
            Assert.True(backup.ExitCode == 0, backup.Errors);
            Assert.Matches($"^backed up {directory} to {folder.Of($"backup-{n}")}: [0-9]+ files, [0-9]+ bytes\nbook-0 up to frame [0-9]+ of .+\ngenesis {node.Network.Id}\n$", backup.Output);
            await RestoreAsync(folder.Of($"backup-{n}"), folder.Of($"restored-{n}"));

            var kept = CausesIn(folder.Of($"restored-{n}"));
            Assert.Equal([], before.Where(cause => !kept.Contains(cause)));
            output.WriteLine($"backup {n}: {before.Length} answered before, {kept.Count} in it");
            await using var again = await DemoNode.OpenAsync(folder.Of($"restored-{n}"));
            Assert.Null(await again.Grains.GetGrain<IBookGrain>(0).Audit());
            await SendOneAsync(again, scenario);
        }

        // The same check beside the node that goes on.
        var beside = await GaibProcess.RunAsync("ledger", "check", "--data-dir", directory);
        Assert.True(beside.ExitCode == 0, beside.Errors + beside.Output);
        stopping.Cancel();
        await Task.WhenAll(load);
    }

    [Fact]
    public async Task Backup_OfAStoppedNode_HasEveryFileAndRestoresIt()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Of("node"));
        var backup = await GaibProcess.RunAsync("backup", "--data-dir", folder.Of("node"), "--out", folder.Of("backup"));
        Assert.True(backup.ExitCode == 0, backup.Errors);
        await RestoreAsync(folder.Of("backup"), folder.Of("restored"));

        // What is locked while a process runs, and what can be written again, is left out.
        Directory.Delete(Path.Combine(folder.Of("node"), "export"), recursive: true);
        AssertSameFiles(folder.Of("node"), folder.Of("restored"), file => !file.Split('/').Any(part => part.StartsWith('.')) && !file.EndsWith("/owner", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BackupAndRestore_AskedWrongly_AreOneSentenceAndChangeNothing()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Of("node"));
        Directory.CreateDirectory(folder.Of("there"));
        await AssertAsync(2, "Option '--out' is required.\ngaib backup --help says what it takes.", "backup", "--data-dir", folder.Of("node"));
        await AssertAsync(2, "Option '--from' is required.\ngaib restore --help says what it takes.", "restore", "--data-dir", folder.Of("new"));
        await AssertAsync(2, $"{folder.Of("nope")} is no node's data directory: there is no file 'network'.", "backup", "--data-dir", folder.Of("nope"), "--out", folder.Of("out"));
        await AssertAsync(2, $"{folder.Of("there")} is there already. Choose a new folder for the backup.", "backup", "--data-dir", folder.Of("node"), "--out", folder.Of("there"));
        await AssertAsync(2, $"{folder.Of("nope")} is no folder. Name the folder of a backup.", "restore", "--from", folder.Of("nope"), "--data-dir", folder.Of("new"));
        await AssertAsync(2, $"{folder.Of("there")} is no whole backup: there is no backup.json. A backup that did not end can't be restored.", "restore", "--from", folder.Of("there"), "--data-dir", folder.Of("new"));
        Assert.False(Path.Exists(folder.Of("new")) || Path.Exists(folder.Of("out")));

        Assert.Equal(0, (await GaibProcess.RunAsync("backup", "--data-dir", folder.Of("node"), "--out", folder.Of("backup"))).ExitCode);
        await AssertAsync(1, $"{folder.Of("node")} is not empty. A backup is restored to a new or empty folder.", "restore", "--from", folder.Of("backup"), "--data-dir", folder.Of("node"));
        var chunk = Directory.GetFiles(Path.Combine(folder.Of("backup"), "chunks"), "*", SearchOption.AllDirectories)[0];
        await File.AppendAllTextAsync(chunk, "x", TestContext.Current.CancellationToken);
        await AssertAsync(1, $"{chunk} is not as it was written. Nothing was restored. Take another backup.", "restore", "--from", folder.Of("backup"), "--data-dir", folder.Of("new"));
        Assert.False(Path.Exists(folder.Of("new")));
    }

    [Fact]
    public async Task Backup_BesideAProcessThatDoesNotAnswer_SaysSo()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Of("node"));
        File.Delete(Path.Combine(folder.Of("node"), ".owner"));
        using var owner = new FileStream(Path.Combine(folder.Of("node"), ".owner"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await AssertAsync(
            1,
            $"{folder.Of("node")} is in use by a process that takes no orders yet. Try again in a moment, or stop it first.",
            "backup", "--data-dir", folder.Of("node"), "--out", folder.Of("out"));

        // A killed node leaves the file; nobody listens at that port.
        await File.WriteAllTextAsync(Path.Combine(folder.Of("node"), ".gateway"), "1 secret\n", TestContext.Current.CancellationToken);
        await AssertAsync(
            1,
            $"{folder.Of("node")} is in use by a process that does not answer at port 1. Try again, or stop it first.",
            "backup", "--data-dir", folder.Of("node"), "--out", folder.Of("out"));
        Assert.False(Path.Exists(folder.Of("out")));
    }

    private static async Task SendAsync(GaibNode node, DemoScenario scenario, int caller, ConcurrentQueue<Hash32> answered, CancellationToken stopping)
    {
        await using var writer = await TransferWriter.OpenAsync(node.Grains.GetGrain<IBookGrain>(0));
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var causes = Enumerable.Range(0, 20).Select(n => Keccak.HashUtf8($"{caller} {i} {n}")).ToArray();
            var answers = await writer.SendAsync(causes.Select(cause => Move(scenario) with { Cause = cause }).ToArray());
            Assert.All(answers, answer => Assert.True(answer.Applied));
            foreach (var cause in causes)
            {
                answered.Enqueue(cause);
            }
        }
    }

    private static async Task SendOneAsync(GaibNode node, DemoScenario scenario)
    {
        await using var writer = await TransferWriter.OpenAsync(node.Grains.GetGrain<IBookGrain>(0));
        Assert.True((await writer.SendAsync(Move(scenario))).Applied);
    }

    private static Transfer Move(DemoScenario scenario) => new()
    {
        Debit = AccountId.Person(scenario.People.Developer.Account), Credit = AccountId.Person(scenario.People.Investor.Account), Amount = 1,
    };

    private static HashSet<Hash32> CausesIn(string directory) =>
    [
        .. new LocalJournalStore(Options.Create(new JournalOptions { Directory = Path.Combine(directory, "books") })).Read(BookNames.Of(0))
            .SelectMany(frame => BookRow.Read(frame.Rows)).OfType<TransferRow>().Select(row => row.Transfer.Cause),
    ];

    private static async Task RestoreAsync(string backup, string directory)
    {
        var restore = await GaibProcess.RunAsync("restore", "--from", backup, "--data-dir", directory);
        Assert.True(restore.ExitCode == 0, restore.Errors);
        var check = await GaibProcess.RunAsync("ledger", "check", "--data-dir", directory);
        Assert.True(check.ExitCode == 0, check.Errors + check.Output);
        Assert.Equal("", check.Errors);
    }

    private static void AssertSameFiles(string one, string other, Func<string, bool>? counts = null)
    {
        var files = Files(one);
        Assert.NotEmpty(files);
        Assert.Equal(files, Files(other));
        Assert.All(files, file => Assert.True(
            File.ReadAllBytes(Path.Combine(one, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(other, file))), $"{file} differs"));

        string[] Files(string folder) =>
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file)).Where(file => counts?.Invoke(file) ?? true).Order(StringComparer.Ordinal),
        ];
    }

    private static async Task AssertAsync(int exitCode, string said, params string[] arguments)
    {
        var refused = await GaibProcess.RunAsync(arguments);
        Assert.Equal((exitCode, "", said), (refused.ExitCode, refused.Output, refused.Errors));
    }
}
