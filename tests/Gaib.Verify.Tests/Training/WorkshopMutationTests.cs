using System.Collections.Concurrent;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Training;

/// <summary>Changes one value of an export that has what the demo's has not: rounds without attribution, drawn checks, liars outvoted, a right withdrawn.</summary>
public sealed class WorkshopMutationTests(ITestOutputHelper output)
{
    private static readonly bool IsNightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";

    private static readonly Lazy<Task<ExportText>> Export = new(async () => ExportText.Load(await Workshop.ExportAsync(new WorkshopPlan
    {
        Hosts = 5,
        AttributionEvery = 3,
        Withdrawing = 1,
        Losing = 1,
        Jobs = 2,
        Spoil = (gpu, device) => gpu == 1
            ? new SpoiltDevice(device) { Inner = (task, result) => task.Slot == 1 || task.Round < 2 ? result : SpoiltDevice.Bent(result) }
            : device,
    })));

    public static TheoryData<string> Files =>
    [
        "jobs.ndjson", "datasets.ndjson", "chunks.ndjson", "valuations.ndjson", "gpus.ndjson", "orders.ndjson", "leases.ndjson", "rates.ndjson",
        "runs.ndjson", "models.ndjson", "shares.ndjson",
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Verify_OneValueChanged_NamesItsFileAlsoWithHashesRenewed(string file)
    {
        var export = await Export.Value;
        var seed = Seed.Of(5, IsNightly, output);
        var wrong = new ConcurrentBag<string>();
        var mutants = SingleFieldTests.Mutants(export, file, new Random(seed), IsNightly ? 20 : 1);
        Parallel.ForEach(mutants, mutant =>
        {
            if (mutant.Text.Verify().Findings is not [var first, ..] || first.At.File != file)
            {
                wrong.Add($"{mutant.Leaf}: {mutant.Change} is not named");
            }

            Renewal.Renew(mutant.Text, export);
            if (!mutant.Text.SameAs(export) && mutant.Text.Verify().ExitCode != VerificationReport.DoesNotHold)
            {
                wrong.Add($"{mutant.Leaf}: {mutant.Change} is not found with hashes renewed");
            }
        });

        output.WriteLine($"{mutants.Count} mutants\n{string.Join('\n', wrong.Order(StringComparer.Ordinal))}");
        Assert.Empty(wrong);
    }
}
