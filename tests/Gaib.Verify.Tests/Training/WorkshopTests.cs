using System.Globalization;
using System.Text.Json.Nodes;
using Gaib.Domain.Data;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Training;

/// <summary>Economies that go other ways than the demo: what is right holds, and who lied is named even where the runtime did not see it.</summary>
public sealed class WorkshopTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Verify_RoundsWithoutAttributionAndTwoJobs_Hold()
    {
        var rounds = await HoldsAsync(new WorkshopPlan { Jobs = 2 });

        Assert.Equal(14, rounds.Length);
        Assert.Contains(rounds, round => !(bool)round["attributed"]! && Verdicts(round).Contains("unchecked"));
        Assert.Contains(rounds, round => !(bool)round["attributed"]! && Verdicts(round).Contains("passed"));
        Assert.Contains(rounds, round => (bool)round["attributed"]!);
    }

    [Fact]
    public async Task Verify_RightsThatWereWithdrawnOrEnded_EnterNoRun()
    {
        var folder = await Workshop.ExportAsync(new WorkshopPlan { Withdrawing = 1, Ending = 1, Rounds = 2 });

        Assert.Equal(3, ExportText.Load(folder).Object("runs.ndjson", 1)["contributors"]!.AsArray().Count);
        AssertHolds(folder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_CopyOfAPartThatWasShown_IsWorthZero(bool burning)
    {
        var folder = await Workshop.ExportAsync(new WorkshopPlan { Copying = true, Burning = burning, Rounds = 2 });

        var text = ExportText.Load(folder);
        var copier = (string)text.Rows("datasets.ndjson").Last().Row["contributor"]!;
        var values = text.Rows("valuations.ndjson").Where(line => (string?)line.Row["contributor"] == copier)
            .Select(line => long.Parse((string)line.Row["doorValue"]!, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(12, values.Length);
        Assert.Equal(burning, values.All(value => value == 0));
        Assert.Equal(burning ? 4 : 5, (int)text.Object("jobs.ndjson", 1)["heldBack"]![0]!["burntFrom"]!);
        AssertHolds(folder);
    }

    [Fact]
    public async Task Verify_ExportAfterOneThatDidNotEnd_Holds()
    {
        var folder = await Workshop.ExportAsync(new WorkshopPlan { Rounds = 1, Interruption = new FullDisk() });

        AssertHolds(folder);
    }

    [Fact]
    public async Task Verify_ExportThatShowsNoHeldBackPart_HoldsAsFarAsItGoes()
    {
        var folder = await Workshop.ExportAsync(new WorkshopPlan { Rounds = 2, Showing = new HashSet<HeldBackKind>() });

        var report = ExportVerifier.Run(folder);
        Assert.All(ExportText.Load(folder).Object("jobs.ndjson", 1)["heldBack"]!.AsArray(), part => Assert.Null(part!["burntFrom"]));
        Assert.Empty(report.Findings);
        Assert.NotEmpty(report.NotReplayed);
        Assert.Equal(VerificationReport.PartlyReplayed, report.ExitCode);
    }

    [Fact]
    public async Task Verify_RateAboveTheCeiling_EndsTheRunEarly()
    {
        var folder = await Workshop.ExportAsync(new WorkshopPlan { Ceiling = 32_500_000 });

        Assert.InRange(Rounds(folder).Length, 1, 6);
        Assert.All(ExportText.Load(folder).Rows("leases.ndjson"), lease => Assert.Equal("RateAboveCeiling", (string)lease.Row["endReason"]!));
        AssertHolds(folder);

        // The lease was lost between two rounds: its worker and its refund say why.
        var text = ExportText.Load(folder).Fresh();
        var lease = text.Object("leases.ndjson", 2);
        lease["endReason"] = "EscrowExhausted";
        text.Set("leases.ndjson", 2, lease);
        var first = text.Verify().Findings[0];
        Assert.Equal((new LineAt("leases.ndjson", 3), "endReason"), (first.At, first.Field));
    }

    [Fact]
    public async Task Verify_WorkersThatDie_Hold()
    {
        // One dies of its own steps, another of a re-execution that it was drawn for.
        var rounds = await HoldsAsync(new WorkshopPlan
        {
            Hosts = 5,
            AttributionEvery = 7,
            Spoil = (gpu, device) => gpu switch
            {
                0 => new SpoiltDevice(device) { Inner = (task, result) => task is { Round: 2, Slot: 0 } ? null : result },
                4 => new SpoiltDevice(device) { Inner = (task, result) => task is { Round: >= 1, Slot: not 4 } ? null : result },
                _ => device,
            },
        });

        var lost = Slots(rounds).Where(slot => (string)slot["leaves"]! == "HostLost")
            .Select(slot => ((int)slot["slot"]!, (string)slot["verdict"]! == "missing")).Order();
        Assert.Equal([(0, true), (4, false)], lost);
    }

    [Fact]
    public async Task Verify_CheckerAndReporterThatLie_Hold()
    {
        // Both are outvoted by two honest owners: what the rule made of it is right.
        var rounds = await HoldsAsync(new WorkshopPlan
        {
            Hosts = 5,
            AttributionEvery = 7,
            Spoil = (gpu, device) => gpu switch
            {
                1 => new SpoiltDevice(device) { Inner = (task, result) => task.Slot == 1 ? result : SpoiltDevice.Bent(result) },
                2 => new SpoiltDevice(device) { Outer = SpoiltDevice.Bent },
                _ => device,
            },
        });

        Assert.Contains(rounds, round => round["checks"]!.AsArray().Any(row => (int)row!["checker"]! == 1 && !(bool)row["agreed"]!));
        Assert.Contains(rounds, round => round["reports"]!.AsArray().Any(row => (int)row!["slot"]! == 2 && !(bool)row["agreed"]!));
        var wrong = Slots(rounds).Where(slot => (string)slot["leaves"]! == "WorkWrong").Select(slot => (int)slot["slot"]!).Order();
        Assert.Equal([1, 2], wrong);
    }

    [Fact]
    public async Task Verify_WrongDeltaThatNobodyChecked_IsNamed()
    {
        // Which rounds the beacon draws is not known before: a cheat in every single round shows both, the caught and the lucky one.
        var (caught, lucky) = (0, 0);
        foreach (var cheat in new[] { 3, 1, 2, 4, 5, 6 }.TakeWhile(_ => caught == 0 || lucky == 0))
        {
            var folder = await Workshop.ExportAsync(new WorkshopPlan
            {
                AttributionEvery = 7,
                Spoil = (gpu, device) => gpu != 1
                    ? device
                    : new SpoiltDevice(device) { Inner = (task, result) => task.Round == cheat && task.Slot == 1 ? SpoiltDevice.Bent(result) : result },
            });
            var slot = Rounds(folder)[cheat]["slots"]![1]!;
            output.WriteLine($"round {cheat}: {slot["verdict"]}");
            if ((string)slot["verdict"]! == "wrong")
            {
                caught++;
                AssertHolds(folder);
            }
            else
            {
                lucky++;
                Assert.Equal("unchecked", (string)slot["verdict"]!);
                Assert.Equal($"rounds[{cheat}].slots[1].deltaHash", ExportVerifier.Run(folder).Findings[0].Field);
            }
        }

        Assert.True(caught > 0 && lucky > 0);
    }

    [Fact]
    public async Task Verify_ReportersThatConspire_AreNamed()
    {
        // Three of four owners agree on the same wrong weights. The runtime believes two; who executes it again does not.
        var folder = await Workshop.ExportAsync(new WorkshopPlan
        {
            AttributionEvery = 1,
            Rounds = 2,
            Spoil = (gpu, device) => gpu == 3 ? device : new SpoiltDevice(device) { Outer = SpoiltDevice.Bent },
        });

        var report = ExportVerifier.Run(folder);

        Assert.Contains(report.Findings, finding => finding.Field == "rounds[0].weights");
        Assert.Contains(report.Findings, finding => finding.Field.StartsWith("rounds[0].reports[", StringComparison.Ordinal));
    }

    private async Task<JsonObject[]> HoldsAsync(WorkshopPlan plan)
    {
        var folder = await Workshop.ExportAsync(plan);
        AssertHolds(folder);
        return Rounds(folder);
    }

    private void AssertHolds(string folder)
    {
        var report = ExportVerifier.Run(folder);
        output.WriteLine(string.Join('\n', report.Findings));
        Assert.Empty(report.Findings);
        Assert.Empty(report.NotReplayed);
    }

    private static JsonObject[] Rounds(string folder) =>
        [.. ExportText.Load(folder).Rows("runs.ndjson").SelectMany(run => run.Row["rounds"]!.AsArray().Select(round => round!.AsObject()))];

    private static IEnumerable<JsonNode> Slots(IEnumerable<JsonObject> rounds) => rounds.SelectMany(round => round["slots"]!.AsArray()).OfType<JsonNode>();

    private static IEnumerable<string> Verdicts(JsonObject round) => round["slots"]!.AsArray().Select(slot => (string)slot!["verdict"]!);
}
