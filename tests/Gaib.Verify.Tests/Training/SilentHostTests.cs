using System.Text.Json.Nodes;
using Gaib.Domain.Training;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Training;

/// <summary>Hosts that do not answer: the runtime asks the next one, and what it made of that is right.</summary>
public sealed class SilentHostTests(ITestOutputHelper output)
{
    private static readonly WorkshopPlan Plan = new() { Rounds = 2, Calls = 60 };

    [Fact]
    public async Task Verify_HostSilentForInference_Holds()
    {
        var silent = Workshop.GpuOf(Plan, 1).ToString();
        var text = await HoldsAsync(Plan with { Spoil = Silent(1, () => true) });

        var receipts = text.Rows("receipts.ndjson").Select(line => line.Row).ToArray();
        var serving = Serving(text);
        Assert.Equal(60, receipts.Length);
        Assert.Contains(silent, serving);
        Assert.DoesNotContain(receipts, receipt => (string)receipt["gpu"]! == silent);
        Assert.Contains(receipts, receipt => TurnOf(receipt, serving) == silent);
        Assert.Contains(text.Rows("hostEpochs.ndjson"), epoch => epoch.Row["checks"]!.AsArray().Count > 0);
    }

    [Fact]
    public async Task Verify_FirstCheckerOfAHostsEpochSilent_Holds()
    {
        var (first, closing) = (Workshop.FirstChecker(Plan), false);
        var silent = Workshop.GpuOf(Plan, first).ToString();
        var text = await HoldsAsync(Plan with { Spoil = Silent(first, () => closing), Told = moment => closing = moment == "closing" });

        var checks = text.Rows("hostEpochs.ndjson").SelectMany(epoch => epoch.Row["checks"]!.AsArray()).Select(check => (string)check!["gpu"]!).ToArray();
        Assert.Contains(text.Rows("receipts.ndjson"), receipt => (string)receipt.Row["gpu"]! == silent);
        Assert.NotEmpty(checks);
        Assert.DoesNotContain(silent, checks);
    }

    [Fact]
    public async Task Verify_ReceiptOfAGpuThatServesNoModel_IsNamed()
    {
        var text = ExportText.Load(await Workshop.ExportAsync(Plan with { AcknowledgeEvery = 0, ClosingEpochs = false })).Fresh();
        var (line, receipt) = text.Rows("receipts.ndjson").Last();
        var original = text.Fresh();
        receipt["gpu"] = Some.Hash("another GPU").ToString();
        text.Set("receipts.ndjson", line, receipt);
        Renewal.Renew(text, original);

        var first = text.Verify().Findings[0];

        output.WriteLine($"{first}");
        Assert.Equal((new LineAt("receipts.ndjson", line + 1), "gpu"), (first.At, first.Field));
    }

    private static Func<int, IDevice, IDevice> Silent(int host, Func<bool> now) => (gpu, device) =>
        gpu != host ? device : new SpoiltDevice(device) { Answer = answer => now() ? null : answer };

    private static string[] Serving(ExportText text) =>
    [
        .. text.Object("runs.ndjson", 1)["workers"]!.AsArray().Where(worker => (string)worker!["leftFor"]! is "None" or "LeaseClosed")
            .Select(worker => (string)worker!["gpu"]!).Order(StringComparer.Ordinal),
    ];

    /// <summary>The GPU that is asked first for a call.</summary>
    private static string TurnOf(JsonObject receipt, string[] serving)
    {
        var session = Domain.Hash32.Parse((string)receipt["session"]!).ToArray();
        var index = (new System.Numerics.BigInteger(session, isUnsigned: true, isBigEndian: true) + (ulong)receipt["seq"]!) % serving.Length;
        return serving[(int)index];
    }

    private async Task<ExportText> HoldsAsync(WorkshopPlan plan)
    {
        var folder = await Workshop.ExportAsync(plan);
        var report = ExportVerifier.Run(folder);
        output.WriteLine(string.Join('\n', report.Findings));
        Assert.Empty(report.Findings);
        Assert.Empty(report.NotReplayed);
        return ExportText.Load(folder);
    }
}
