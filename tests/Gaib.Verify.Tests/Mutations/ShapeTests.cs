using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>Lines, list items and keys that are missing, doubled or swapped, and bytes of blobs that are others.</summary>
public sealed class ShapeTests(ITestOutputHelper output)
{
    // What leaves no trace because it decides no value.
    private static readonly (string Start, string Why)[] Silent =
    [
        ("assets.ndjson lines", "assets stand in the order in which they were registered"),
        ("hostEpochs.ndjson lines", "hosts stand by account, which pays nobody"),
        ("hostEpochs.ndjson without", "an epoch in which the host answered nothing pays nothing"),
        ("commands.ndjson lines", "two commands of one moment without transfers between them"),
        ("rates.ndjson without", "the rate is recorded when somebody asks; what counts is the rate that a round names"),
        ("roots.ndjson without", "a root that was not made takes nothing from a voucher"),
        ("sessions.ndjson:2 acks without", "a receipt need not be acknowledged within the window"),
    ];

    private static readonly bool IsNightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    public static TheoryData<string> Files => SingleFieldTests.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_LineMissingDoubledOrSwapped_IsFound(string file)
    {
        var draw = new Random(Seed.Of(3, IsNightly, output));
        var survivors = new List<string>();
        for (var i = 0; i < (IsNightly ? 10 : 1); i++)
        {
            var lines = Export.Value[file];
            var line = file == "network.json" ? 0 : draw.Next(1, lines.Count);
            Try(file, $"{file} without line {line + 1}", lines.RemoveAt(line), survivors);
            Try(file, $"{file} line {line + 1} twice", lines.Insert(line, lines[line]), survivors);
            if (line > 1)
            {
                Try(file, $"{file} lines {line} and {line + 1} swapped", lines.SetItem(line, lines[line - 1]).SetItem(line - 1, lines[line]), survivors);
            }
        }

        Assert.Empty(survivors);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_ListItemMissingOrDoubled_IsFound(string file)
    {
        var draw = new Random(Seed.Of(4, IsNightly, output));
        var survivors = new List<string>();
        foreach (var list in Lists(Export.Value, file).GroupBy(list => list.Field).SelectMany(field => field.OrderBy(_ => draw.Next()).Take(1)))
        {
            var row = Export.Value.Object(file, list.Line);
            var items = list.Get(row)!.AsArray();
            var item = draw.Next(items.Count);
            items.RemoveAt(item);
            Try(file, $"{list} without item {item}", Export.Value[file].SetItem(list.Line, row.ToJsonString(ExportText.Options)), survivors);
            row = Export.Value.Object(file, list.Line);
            items = list.Get(row)!.AsArray();
            items.Insert(item, items[item]!.DeepClone());
            Try(file, $"{list} with item {item} twice", Export.Value[file].SetItem(list.Line, row.ToJsonString(ExportText.Options)), survivors);
        }

        Assert.Empty(survivors);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_KeyMissingAddedOrMisplaced_NamesTheLine(string file)
    {
        var draw = new Random(5);
        var line = draw.Next(Export.Value[file].Count);
        var row = Export.Value.Object(file, line);
        var keys = row.Select(member => member.Key).ToArray();
        var key = keys[draw.Next(keys.Length)];

        var without = Changed(file, line, r => r.Remove(key));
        var added = Changed(file, line, r => r["more"] = 1);
        var moved = Changed(file, line, r =>
        {
            var value = r[keys[0]]!.DeepClone();
            r.Remove(keys[0]);
            r[keys[0]] = value;
        });

        Assert.All(new[] { without, added, moved }, text => Assert.Equal(new LineAt(file, line + 1), text.Verify().Findings[0].At));
    }

    [Fact]
    public void Verify_ABytesOfABlobChanged_NamesTheBlob()
    {
        var draw = new Random(6);
        var names = Export.Value.BlobNames();
        var name = names[draw.Next(names.Length)];
        var text = Export.Value.Fresh();
        var bytes = text.Blob(Gaib.Domain.Hash32.Parse(name));
        bytes[draw.Next(bytes.Length)] ^= 1;
        text.SetBlob(name, bytes);

        Assert.Equal($"blobs/{name}", text.Verify().Findings[0].At.File);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_FileMissing_NamesIt(string file)
    {
        var text = Export.Value.Fresh();
        text[file] = [];

        Assert.Equal(file, text.Verify().Findings[0].At.File);
    }

    [Fact]
    public void Verify_WeightsMissing_SaysWhatWasNotReplayed()
    {
        var weights = (string)Export.Value.Object("models.ndjson", 1)["weights"]!;
        var text = Export.Value.Fresh();
        text.RemoveBlob(weights[2..]);

        var report = text.Verify();

        Assert.Empty(report.Findings);
        Assert.Contains(report.NotReplayed, missing => missing.Blob.ToString() == weights);
        Assert.Equal(VerificationReport.PartlyReplayed, report.ExitCode);
    }

    /// <summary>Every list in the lines of a file that has an item.</summary>
    internal static IEnumerable<Leaf> Lists(ExportText export, string file) =>
        export[file].SelectMany((_, i) => Walk(file, i, export.Object(file, i), []));

    private static IEnumerable<Leaf> Walk(string file, int line, JsonNode? node, object[] path) => node switch
    {
        JsonObject row => row.SelectMany(member => Walk(file, line, member.Value, [.. path, member.Key])),
        JsonArray { Count: > 0 } list => list.SelectMany((item, i) => Walk(file, line, item, [.. path, i])).Prepend(new Leaf(file, line, path)),
        _ => [],
    };

    private static ExportText Changed(string file, int line, Action<JsonObject> change)
    {
        var text = Export.Value.Fresh();
        var row = text.Object(file, line);
        change(row);
        text.Set(file, line, row);
        return text;
    }

    private void Try(string file, string what, ImmutableList<string> lines, List<string> survivors)
    {
        var text = Export.Value.Fresh();
        text[file] = lines;
        if (!Silent.Any(silent => what.StartsWith(silent.Start, StringComparison.Ordinal)) && text.Verify().FindingCount == 0)
        {
            survivors.Add(what);
            output.WriteLine(what);
        }
    }
}
