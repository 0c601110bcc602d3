using System.Collections.Concurrent;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Options;

namespace Gaib.EndToEnd.Tests;

/// <summary>A demo in one directory that is killed and started again, with all that must hold each time.</summary>
internal sealed class KilledDemo(string directory, Undisturbed undisturbed)
{
    private const int Workers = 4;

    private readonly HashSet<string> _doneBefore = [];
    private List<JournalFrame> _journal = [];

    /// <summary>True when a process came to its end before it was killed: there is nothing left to kill here.</summary>
    public bool Ended { get; private set; }

    /// <summary>True when the chapter is over: it can't be struck here any more.</summary>
    public bool IsPast(string chapter) =>
        Ended || undisturbed.LastOf(chapter) is { } last && Undisturbed.Noted(directory).Contains(last);

    /// <summary>Kills at a moment after the start.</summary>
    public Task<string> KillAsync(TimeSpan after) => KillAsync((_, _) => Task.Delay(after));

    /// <summary>Kills some time after the chapter began.</summary>
    /// <param name="chapter">The chapter.</param>
    /// <param name="part">How much of the chapter is let pass, of 1.</param>
    public Task<string> KillInAsync(string chapter, double part)
    {
        var (after, takes) = undisturbed.Span(chapter);
        return KillAsync(async (lines, ended) =>
        {
            await UntilAsync(ended, () => chapter == Undisturbed.Verification
                ? lines.Contains(Undisturbed.VerificationLine)
                : after is null || HasBegun(lines, after));
            await Task.Delay(takes * part);
        });
    }

    /// <summary>Kills as soon as a step is noted.</summary>
    public Task<string> KillAfterAsync(string step) => KillAsync((lines, ended) => UntilAsync(ended, () => HasBegun(lines, step)));

    /// <summary>As if the process had died just before it noted the step as done.</summary>
    public void Forget(string step) => Undisturbed.Forget(directory, step);

    /// <summary>Starts it a last time and lets it end.</summary>
    public async Task ResumeAsync()
    {
        var before = ReadJournal();
        var (rounds, receipts) = (RoundsDone(), Receipts(before));
        var report = await DemoRun.ReportAsync(directory, undisturbed.Seed);
        Assert.Equal(DemoRun.Comparable(undisturbed.Report), DemoRun.Comparable(report));
        AssertGoesOn();
        AssertSameExport(undisturbed.Report["exportDir"]!.GetValue<string>(), report["exportDir"]!.GetValue<string>());

        var executed = report["executed"]!;
        var total = undisturbed.Report["executed"]!["calls"]!.GetValue<long>();
        Assert.InRange(executed["calls"]!.GetValue<long>(), 0, total - receipts);
        var allRounds = undisturbed.Steps.Count(IsRound);
        Assert.InRange(executed["trained"]!.GetValue<long>(), 0, Workers * (allRounds - rounds));
    }

    /// <returns>The chapter in which it died.</returns>
    private async Task<string> KillAsync(Func<ConcurrentBag<string>, Task, Task> moment)
    {
        _doneBefore.Clear();
        _doneBefore.UnionWith(Undisturbed.Noted(directory));
        var lines = new ConcurrentBag<string>();
        using var process = GaibProcess.Start(line => lines.Add(line.Trim()), DemoRun.Arguments(directory, undisturbed.Seed));
        var ended = process.EndAsync();
        await Task.WhenAny(moment(lines, ended), ended);
        process.Kill();
        var finished = await ended;
        Ended = finished.ExitCode == 0;
        Assert.True(finished.ExitCode is 0 or 137, finished.Errors);
        AssertGoesOn();
        return Ended ? "the end" : undisturbed.ChapterOfDeath(directory, lines.Contains(Undisturbed.VerificationLine));
    }

    /// <summary>What stood in the journal after the last process stands there still, byte for byte.</summary>
    private void AssertGoesOn()
    {
        var after = ReadJournal();
        Assert.True(_journal.Count <= after.Count);
        foreach (var (first, second) in _journal.Zip(after))
        {
            Assert.Equal((first.Number, first.At), (second.Number, second.At));
            Assert.True(first.Rows.Span.SequenceEqual(second.Rows.Span), $"frame {first.Number} changed");
        }

        _journal = after;
    }

    /// <summary>All that anyone can recompute is the same too, byte for byte.</summary>
    private static void AssertSameExport(string one, string other)
    {
        var files = Files(one);
        Assert.Equal(files, Files(other));
        Assert.All(files, file => Assert.True(
            File.ReadAllBytes(Path.Combine(one, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(other, file))), $"{file} differs"));

        static string[] Files(string folder) =>
            [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order()];
    }

    /// <summary>True when the process has a step behind it: it noted the step itself, or has said that it was done before.</summary>
    private bool HasBegun(ConcurrentBag<string> lines, string step) =>
        Undisturbed.Noted(directory).Contains(step)
        && (!_doneBefore.Contains(step) || lines.Contains($"resumed: step '{step}' already done"));

    private static async Task UntilAsync(Task ended, Func<bool> reached)
    {
        while (!ended.IsCompleted && !reached())
        {
            await Task.WhenAny(ended, Task.Delay(1));
        }
    }

    private List<JournalFrame> ReadJournal()
    {
        var options = new JournalOptions { Directory = Path.Combine(directory, "books") };
        return Directory.Exists(options.Directory) ? [.. new LocalJournalStore(Options.Create(options)).Read(BookNames.Of(0))] : [];
    }

    private int RoundsDone() => Undisturbed.Noted(directory).Count(IsRound);

    private static bool IsRound(string step) => step.StartsWith("round ", StringComparison.Ordinal);

    private static int Receipts(IEnumerable<JournalFrame> frames) =>
        frames.SelectMany(frame => BookRow.Read(frame.Rows)).OfType<NoteRow>()
            .Count(row => SessionNote.Decode(row.Note.Bytes.AsSpan()) is ServedNote);
}
