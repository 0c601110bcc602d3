using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Gaib.EndToEnd.Tests;

public sealed class DemoTests(FinishedDemo finished)
{
    [Fact]
    public async Task Demo_ForPrograms_PrintsOneObjectThatAddsUp()
    {
        using var folder = new TemporaryFolder();
        var report = await DemoRun.ReportAsync(folder.Of("node"), seed: 11);
        Assert.Equal(
            ["accuracy", "lossBefore", "lossAfter", "weightsHash", "inferences", "feesPaid", "protocolFee", "contributors", "hosts", "exportDir", "seed", "executed"],
            report.Select(member => member.Key));
        Assert.Equal(report["inferences"]!.GetValue<long>() * 10_000_000, (long)Number(report["feesPaid"]));
        Assert.True(report["lossAfter"]!.GetValue<decimal>() < report["lossBefore"]!.GetValue<decimal>());
        var contributors = report["contributors"]!.AsArray();
        Assert.Equal(12, contributors.Count);
        Assert.Equal(
            ["copier", "honest", "mislabeller", "nearCopier", "noise"],
            contributors.Select(row => row!["role"]!.GetValue<string>()).Distinct().Order());
        Assert.All(
            contributors.Where(row => row!["role"]!.GetValue<string>() is "copier" or "nearCopier" or "noise"),
            row => Assert.Equal(BigInteger.Zero, Number(row!["earned"])));
        Assert.All(
            contributors.Where(row => row!["role"]!.GetValue<string>() is "honest"),
            row => Assert.True(Number(row!["earned"]) > 0));
        Assert.Equal(4, report["hosts"]!.AsArray().Count);
        Assert.True(File.Exists(Path.Combine(report["exportDir"]!.GetValue<string>(), "network.json")));
    }

    [Fact]
    public async Task ProtocolFee_OfTheReport_IsThatOfTheReceipts()
    {
        var receipts = (await File.ReadAllLinesAsync(
            Path.Combine(finished.Report["exportDir"]!.GetValue<string>(), "receipts.ndjson"), TestContext.Current.CancellationToken))
            .Skip(1).Select(line => JsonNode.Parse(line)!).ToArray();
        var (fees, protocol) = (Number(finished.Report["feesPaid"]), Number(finished.Report["protocolFee"]));
        Assert.Equal(receipts.Aggregate(BigInteger.Zero, (sum, row) => sum + Number(row["fee"])), fees);
        Assert.Equal(receipts.Aggregate(BigInteger.Zero, (sum, row) => sum + Number(row["protocol"])), protocol);

        // 2.5 %, with what no unit could be made of carried on, so that the sum is short of less than one unit.
        Assert.Equal(fees * 25_000 / 1_000_000, protocol);
    }

    [Fact]
    public async Task Demo_OneSeed_IsTheSameForAnyThreads_AndAnotherSeedIsNot()
    {
        using var folder = new TemporaryFolder();
        var one = DemoRun.Comparable(await DemoRun.ReportAsync(folder.Of("1"), seed: 5, threads: 1));
        Assert.Equal(one, DemoRun.Comparable(await DemoRun.ReportAsync(folder.Of("2"), seed: 5, threads: 2)));
        Assert.Equal(one, DemoRun.Comparable(await DemoRun.ReportAsync(folder.Of("4"), seed: 5, threads: 4)));
        var other = await DemoRun.ReportAsync(folder.Of("other"), seed: 6);
        var first = JsonNode.Parse(one)!;
        Assert.NotEqual(first["weightsHash"]!.GetValue<string>(), other["weightsHash"]!.GetValue<string>());
        Assert.NotEqual(first["contributors"]!.ToJsonString(), other["contributors"]!.ToJsonString());
    }

    [Fact]
    public async Task Demo_DirectoryOfAnotherSeed_IsRefusedAndLeftAlone()
    {
        using var folder = new TemporaryFolder();
        await DemoRun.ReportAsync(folder.Path, seed: 5);
        var refused = await GaibProcess.RunAsync(DemoRun.Arguments(folder.Path, seed: 6));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("holds a demo of seed 5", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
    }

    private static BigInteger Number(JsonNode? node) => BigInteger.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);
}
