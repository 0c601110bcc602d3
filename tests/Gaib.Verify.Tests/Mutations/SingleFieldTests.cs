using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>Changes one value of an export, in every field of every file, and expects the verifier to name that file.</summary>
public sealed class SingleFieldTests(ITestOutputHelper output)
{
    // Asserted only within bounds: whatever value this makes of it is beyond them.
    private static readonly (string File, string Field, Func<JsonObject, bool> Where)[] Bounded =
    [
        ("receipts.ndjson", "gpu", _ => true),
        ("hostEpochs.ndjson", "epoch", row => (int)row["count"]! > 0),
    ];

    private static readonly bool IsNightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    public static TheoryData<string> Files =>
    [
        "network.json", "transfers.ndjson", "accounts.ndjson", "assets.ndjson", "commands.ndjson", "beacons.ndjson", "prices.ndjson",
        "jobs.ndjson", "datasets.ndjson", "chunks.ndjson", "valuations.ndjson", "gpus.ndjson", "orders.ndjson", "leases.ndjson",
        "rates.ndjson", "runs.ndjson", "models.ndjson", "shares.ndjson",
        "sessions.ndjson", "receipts.ndjson", "hostEpochs.ndjson", "pools.ndjson", "settlements.ndjson", "roots.ndjson",
    ];

    [Fact]
    public void Verify_TheDemosExport_Holds()
    {
        var report = ExportVerifier.Run(DemoExport.Folder, output.WriteLine);

        Assert.Empty(report.Findings);
        Assert.Empty(report.NotReplayed);
        Assert.Equal(VerificationReport.Holds, report.ExitCode);
        Assert.Equal((string)Export.Value.Object("network.json", 0)["genesisHash"]!, report.Genesis.ToString());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_OneValueChanged_NamesItsFile(string file)
    {
        var seed = Seed.Of(1, IsNightly, output);
        var mutants = Mutants(Export.Value, file, new Random(seed), IsNightly ? 12 : 1);
        var survivors = new ConcurrentBag<string>();
        var elsewhere = new ConcurrentBag<string>();
        Parallel.ForEach(mutants, mutant =>
        {
            var report = mutant.Text.Verify();
            if (report.Findings is not [var first, ..])
            {
                survivors.Add($"{mutant.Leaf}: {mutant.Change}");
            }
            else if (first.At.File != file)
            {
                elsewhere.Add($"{mutant.Leaf}: {mutant.Change} found as {first}");
            }
        });

        output.WriteLine($"{mutants.Count} mutants of {mutants.Select(m => m.Leaf.Field).Distinct().Count()} fields");
        output.WriteLine(string.Join('\n', survivors.Concat(elsewhere).Order(StringComparer.Ordinal)));
        Assert.Empty(survivors);
        Assert.Empty(elsewhere);
    }

    private static bool IsChecked(ExportText export, Leaf leaf) => Asserted.Fields.All(a => a.File != leaf.File || a.Field != leaf.Field)
        || Bounded.Any(b => b.File == leaf.File && b.Field == leaf.Field && b.Where(export.Object(leaf.File, leaf.Line)));

    /// <summary>Mutants of every field of a file that is not asserted.</summary>
    internal static List<(Leaf Leaf, string Change, ExportText Text)> Mutants(ExportText export, string file, Random draw, int perField)
    {
        var lines = export[file];
        var leaves = Enumerable.Range(0, lines.Count).SelectMany(i => Leaf.Of(file, i, export.Object(file, i)));
        var mutants = new List<(Leaf, string, ExportText)>();
        foreach (var field in leaves.Where(leaf => IsChecked(export, leaf)).GroupBy(leaf => leaf.Field))
        {
            var all = field.ToArray();
            draw.Shuffle(all);
            foreach (var leaf in all.Take(perField))
            {
                var text = export.Fresh();
                var row = text.Object(file, leaf.Line);
                var (before, after) = (leaf.Get(row)?.ToJsonString() ?? "null", AnotherValue.Of(leaf.Get(row), draw));
                leaf.Set(row, after);
                text.Set(file, leaf.Line, row);
                mutants.Add((leaf, $"{before} → {after?.ToJsonString() ?? "null"}", text));
            }
        }

        Assert.NotEmpty(mutants);
        return mutants;
    }
}
