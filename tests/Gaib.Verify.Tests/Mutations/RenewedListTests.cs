using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>
/// Lengthens and shortens every list of an export, its files being the longest ones, as a forger would who owns the machine: all hashes
/// are made anew. What can be left out without a trace stands on the page of the format.
/// </summary>
public sealed class RenewedListTests(ITestOutputHelper output)
{
    // As the page's section "What an operator may leave out" has them: file, what, and what of a mutant is meant.
    private static readonly (string File, string What, Func<Mutant, bool> Is)[] MayLeaveOut =
    [
        ("rates.ndjson", "any line", mutant => mutant.Change.EndsWith("removed", StringComparison.Ordinal)),
        ("roots.ndjson", "the last roots of a chain", mutant => mutant.Change.EndsWith("removed", StringComparison.Ordinal)),
        ("hostEpochs.ndjson", "an epoch in which the host answered nothing", mutant => mutant.Removed is { } row && (int)row["count"]! == 0),
        ("sessions.ndjson", "the last `acks`", mutant => mutant.Change.StartsWith("acks without its last", StringComparison.Ordinal)),
    ];

    private static readonly bool IsNightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    public static TheoryData<string> Files => SingleFieldTests.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_LinesRemovedDoubledOrInserted_AreNamed(string file)
    {
        var draw = new Random(Seed.Of(8, IsNightly, output));
        var lines = Export.Value[file];
        var mutants = new List<Mutant>();
        for (var i = 0; i < (IsNightly ? 12 : 1) && lines.Count > 1; i++)
        {
            var (line, place) = (draw.Next(1, lines.Count), draw.Next(1, lines.Count + 1));
            mutants.Add(new Mutant("last line removed", With(file, lines.RemoveAt(lines.Count - 1)), Export.Value.Object(file, lines.Count - 1)));
            mutants.Add(new Mutant($"line {line + 1} removed", With(file, lines.RemoveAt(line)), Export.Value.Object(file, line)));
            mutants.Add(new Mutant($"line {line + 1} doubled", With(file, lines.Insert(line, lines[line]))));
            mutants.Add(new Mutant($"line {line + 1} inserted before line {place + 1}", With(file, lines.Insert(place, lines[line]))));
        }

        mutants.Add(new Mutant("all lines removed", With(file, lines.RemoveRange(1, lines.Count - 1))));
        AssertNamed(file, mutants.Where(_ => lines.Count > 1));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_ItemsRemovedDoubledOrInserted_AreNamed(string file)
    {
        var draw = new Random(Seed.Of(9, IsNightly, output));
        var mutants = new List<Mutant>();
        foreach (var field in ShapeTests.Lists(Export.Value, file).GroupBy(list => list.Field))
        {
            var lists = field.ToArray();
            for (var i = 0; i < (IsNightly ? 6 : 1); i++)
            {
                var (list, other) = (lists[draw.Next(lists.Length)], lists[draw.Next(lists.Length)]);
                var source = other.Get(Export.Value.Object(file, other.Line))!.AsArray();
                var strange = source[draw.Next(source.Count)]!;
                mutants.Add(new Mutant($"{list.Field} without its last ({list})", With(list, items => items.RemoveAt(items.Count - 1))));
                mutants.Add(new Mutant($"{list.Field} with an item twice ({list})", With(list, items => items.Insert(draw.Next(items.Count), items[0]!.DeepClone()))));
                mutants.Add(new Mutant($"{list.Field} with one of {other} ({list})", With(list, items => items.Insert(draw.Next(items.Count + 1), strange.DeepClone()))));
            }
        }

        AssertNamed(file, mutants);
    }

    [Fact]
    public void MayLeaveOut_EachOne_StandsOnTheFormatsPage()
    {
        var page = File.ReadAllText(Golden.Reference.Of("export.md"));
        var section = page[page.IndexOf("## What an operator may leave out", StringComparison.Ordinal)..];

        Assert.All(MayLeaveOut, one => Assert.Contains($"| {one.File} | {one.What} |", section));
    }

    private static ExportText With(string file, System.Collections.Immutable.ImmutableList<string> lines)
    {
        var text = Export.Value.Fresh();
        text[file] = lines;
        return text;
    }

    private static ExportText With(Leaf list, Action<JsonArray> change)
    {
        var text = Export.Value.Fresh();
        var row = text.Object(list.File, list.Line);
        change(list.Get(row)!.AsArray());
        text.Set(list.File, list.Line, row);
        return text;
    }

    private void AssertNamed(string file, IEnumerable<Mutant> mutants)
    {
        var (survivors, count) = (new ConcurrentBag<string>(), 0);
        Parallel.ForEach(mutants, mutant =>
        {
            Interlocked.Increment(ref count);
            Renewal.Renew(mutant.Text, Export.Value);
            if (!mutant.Text.SameAs(Export.Value) && mutant.Text.Verify().ExitCode is var exit and not VerificationReport.DoesNotHold
                && !MayLeaveOut.Any(one => one.File == file && one.Is(mutant)))
            {
                survivors.Add($"{mutant.Change} ends with {exit}");
            }
        });

        output.WriteLine($"{count} mutants\n{string.Join('\n', survivors.Order(StringComparer.Ordinal))}");
        Assert.Empty(survivors);
    }

    /// <summary>A changed export: how, and the line that went if one did.</summary>
    private sealed record Mutant(string Change, ExportText Text, JsonObject? Removed = null);
}
