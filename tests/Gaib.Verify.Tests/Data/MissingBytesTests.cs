using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Data;

/// <summary>What is not there is named as not replayed; what can be had without it is still checked.</summary>
public sealed class MissingBytesTests(ITestOutputHelper output)
{
    // What of a round nothing but executing it again can show.
    private static readonly string[] OnlyByReplay =
    [
        "weights", "momentum", "lossBefore", "lossAfter", "rawValues[]", "verdict", "deltaHash", "trace", "hash", "samples", "initialWeights", "slices[]",
        "commitment", "previous", "beacon",
    ];

    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    [Theory]
    [InlineData(0, "heldBack[0].blob")]
    [InlineData(1, "heldBack[1].blob")]
    [InlineData(2, "heldBack[2].blob")]
    public void Verify_HeldBackPartNotBurnt_IsNotReplayed(int part, string field)
    {
        var text = WithoutPart(part);

        AssertOnlyMissing(text, "jobs.ndjson", field);
    }

    [Fact]
    public void Verify_ChunkMissing_IsNotReplayed()
    {
        var text = Export.Value.Fresh();
        var name = (string)Export.Value.Object("chunks.ndjson", 7)["blob"]!;
        text.RemoveBlob(name[2..]);

        AssertOnlyMissing(text, "chunks.ndjson", "blob");
    }

    [Fact]
    public void Verify_DeltasAndWeightsOfRoundsMissing_AreComputedAgain()
    {
        var text = Export.Value.Fresh();
        var model = (string)Export.Value.Object("models.ndjson", 1)["weights"]!;
        var names = Export.Value.Object("runs.ndjson", 1)["rounds"]!.AsArray().SelectMany(round => round!["slots"]!.AsArray()
            .Select(slot => slot!["deltaHash"]!).Append(round["weights"]!).Append(round["momentum"]!)).Select(hash => (string)hash!).Distinct();
        foreach (var name in names.Where(name => name != model))
        {
            text.RemoveBlob(name[2..]);
        }

        var report = text.Verify();

        Assert.Empty(report.Findings);
        Assert.Empty(report.NotReplayed);
    }

    [Theory]
    [InlineData("chunks.ndjson", "blob")]
    [InlineData("jobs.ndjson", "heldBack[0].blob")]
    public void Verify_BlobUnderAnotherHash_IsNamed(string file, string field)
    {
        var leaf = Leaf.Of(file, 1, Export.Value.Object(file, 1)).Single(leaf => leaf.Name == field);
        var text = Export.Value.Fresh();
        var row = text.Object(file, 1);
        var before = (string)leaf.Get(row)!;
        leaf.Set(row, "0x" + new string('1', 64));
        text.Set(file, 1, row);

        var finding = text.Verify().Findings[0];

        Assert.Equal((file, field, before), (finding.At.File, finding.Field, finding.Expected));
    }

    [Fact]
    public void Verify_BountyChangedWithoutTheDoorPart_StillDoesNotFollowFromTheDoorValue()
    {
        var line = Enumerable.Range(2, 40).First(i => (string)Export.Value.Object("valuations.ndjson", i)["doorValue"]! is not ("0" or ['-', ..]));
        var text = WithoutPart(0);
        var row = text.Object("valuations.ndjson", line);
        row["bounty"] = "1";
        text.Set("valuations.ndjson", line, row);

        Assert.Equal((new LineAt("valuations.ndjson", line + 1), "bounty"), (text.Verify().Findings[0].At, text.Verify().Findings[0].Field));
    }

    /// <summary>Without the round part no number of a round can be executed again, but what follows from its numbers is checked.</summary>
    [Fact]
    public void Verify_OneValueOfARunChangedWithoutTheRoundPart_IsFoundWhereItFollows()
    {
        var draw = new Random(3);
        var survivors = new List<string>();
        var mutants = SingleFieldTests.Mutants(Export.Value, "runs.ndjson", draw, 1)
            .Where(mutant => !OnlyByReplay.Any(field => mutant.Leaf.Field.EndsWith(field, StringComparison.Ordinal))).ToArray();
        Parallel.ForEach(mutants, mutant =>
        {
            Renewal.Renew(mutant.Text, Export.Value);
            mutant.Text.RemoveBlob(PackOf(1));
            if (mutant.Text.Verify().FindingCount == 0)
            {
                lock (survivors)
                {
                    survivors.Add($"{mutant.Leaf}: {mutant.Change}");
                }
            }
        });

        output.WriteLine($"{mutants.Length} mutants\n{string.Join('\n', survivors)}");
        Assert.True(mutants.Length > 30);
        Assert.Empty(survivors);
    }

    private static string PackOf(int part) => ((string)Export.Value.Object("jobs.ndjson", 1)["heldBack"]![part]!["blob"]!)[2..];

    private static ExportText WithoutPart(int part)
    {
        var text = Export.Value.Fresh();
        text.RemoveBlob(PackOf(part));
        return text;
    }

    private void AssertOnlyMissing(ExportText text, string file, string field)
    {
        var report = text.Verify();
        output.WriteLine(string.Join('\n', report.Findings.Select(finding => $"{finding}").Concat(report.NotReplayed.Select(missing => $"{missing}"))));
        Assert.Empty(report.Findings);
        Assert.Contains(report.NotReplayed, missing => missing.At.File == file && missing.Field == field);
        Assert.Equal(VerificationReport.PartlyReplayed, report.ExitCode);
    }
}
