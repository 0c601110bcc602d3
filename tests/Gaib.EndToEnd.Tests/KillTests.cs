using System.Text.Json.Nodes;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Options;

namespace Gaib.EndToEnd.Tests;

/// <summary>
/// kill -9 at random moments. What was in the journal before is a byte-identical prefix of the final one, nothing that was done is
/// executed again, and the books end the same.
/// </summary>
public sealed class KillTests
{
    private const int Rounds = 6;
    private const int Workers = 4;

    private static readonly int Kills = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 24 : 6;

    [Fact]
    public async Task Demo_KilledAgainAndAgain_EndsAsIfUndisturbed()
    {
        using var folder = new TemporaryFolder();
        var undisturbed = await DemoRun.ReportAsync(folder.Of("undisturbed"), seed: 21);
        var random = new Random(20_261_122);
        var moments = new HashSet<string>();
        for (var kills = 0; kills < Kills;)
        {
            // Some processes are killed more than once on one directory before they are left to end.
            var directory = folder.Of($"killed-{kills}");
            for (var again = random.Next(1, 4); again > 0 && kills < Kills; again--, kills++)
            {
                moments.Add(await KillAsync(directory, random.Next(1, 60)));
            }

            await ResumeAsync(directory, undisturbed);
        }

        Assert.True(moments.Count > 2, $"the kills struck at {string.Join(", ", moments)}");
    }

    /// <summary>Starts the demo and kills it after some lines of its progress.</summary>
    private static async Task<string> KillAsync(string directory, int lines)
    {
        var seen = 0;
        var struck = new TaskCompletionSource<string>();
        using var process = GaibProcess.Start(
            line =>
            {
                if (++seen == lines)
                {
                    struck.TrySetResult(line);
                }
            },
            DemoRun.Arguments(directory, seed: 21));
        var ended = process.EndAsync();
        await Task.WhenAny(struck.Task, ended);
        process.Kill();
        await ended;
        return struck.Task.IsCompletedSuccessfully ? await struck.Task : "the end";
    }

    private static async Task ResumeAsync(string directory, JsonObject undisturbed)
    {
        var before = Journal(directory);
        var (done, receipts) = (StepsDone(directory), Receipts(before));
        var report = await DemoRun.ReportAsync(directory, seed: 21);
        Assert.Equal(DemoRun.Comparable(undisturbed), DemoRun.Comparable(report));

        var after = Journal(directory);
        Assert.True(before.Count <= after.Count);
        foreach (var (first, second) in before.Zip(after))
        {
            Assert.Equal((first.Number, first.At), (second.Number, second.At));
            Assert.True(first.Rows.Span.SequenceEqual(second.Rows.Span), $"frame {first.Number} changed");
        }

        var executed = report["executed"]!;
        var total = undisturbed["executed"]!["calls"]!.GetValue<long>();
        Assert.InRange(executed["calls"]!.GetValue<long>(), 0, total - receipts);
        Assert.InRange(executed["trained"]!.GetValue<long>(), 0, Workers * (Rounds - done));
    }

    private static List<JournalFrame> Journal(string directory)
    {
        var options = new JournalOptions { Directory = Path.Combine(directory, "books") };
        return [.. new LocalJournalStore(Options.Create(options)).Read(BookNames.Of(0))];
    }

    private static int Receipts(IEnumerable<JournalFrame> frames) =>
        frames.SelectMany(frame => BookRow.Read(frame.Rows)).OfType<NoteRow>()
            .Count(row => Domain.Models.SessionNote.Decode(row.Note.Bytes.AsSpan()) is Domain.Models.ServedNote);

    private static int StepsDone(string directory)
    {
        var path = Path.Combine(directory, "demo-steps");
        return File.Exists(path) ? File.ReadLines(path).Count(line => line.StartsWith("round ", StringComparison.Ordinal)) : 0;
    }
}
