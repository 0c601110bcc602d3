using System.Text.Json.Nodes;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Options;

namespace Gaib.EndToEnd.Tests;

/// <summary><c>gaib ledger check</c> on the ledger of a finished demo, as it is and tampered with.</summary>
public sealed class LedgerCheckTests(FinishedDemo finished)
{
    private static readonly string Book = BookNames.Of(0);

    [Fact]
    public async Task Check_OfAFinishedDemo_IsEqual()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var frames = Frames(folder.Path);
        var transfers = frames.SelectMany(frame => BookRow.Read(frame.Rows)).Count(row => row is TransferRow { Transfer.Result: Domain.Reason.None });

        var text = await CheckAsync(folder.Path);
        var json = await GaibProcess.RunAsync("ledger", "check", "--data-dir", folder.Path, "--book", "0", "--format", "json");

        Assert.Equal((0, ""), (text.ExitCode, text.Errors));
        Assert.Matches($"^book-0: {transfers} transfers in {frames.Count} frames, [0-9]+ balances; compared with the replayed book\nall equal\n$", text.Output);
        Assert.Equal((0, ""), (json.ExitCode, json.Errors));
        var report = DemoRun.Parse(json.Output);
        Assert.Equal((true, transfers, frames.Count), ((bool)report["equal"]!, (int)report["transfers"]!, (int)report["frames"]!));
    }

    [Fact]
    public async Task Check_SnapshotsInTheMiddleAndAtTheEnd_AreComparedAtTheirPlaces()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var frames = Frames(folder.Path);
        await SnapshotAsync(folder.Path, (frames.Count / 2, AsItIs), (frames.Count, AsItIs));

        var check = await CheckAsync(folder.Path);

        Assert.Equal((0, ""), (check.ExitCode, check.Errors));
        Assert.Equal(2, check.Output.Split("snapshot-").Length - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_ASnapshotWithAnotherBalance_NamesAccountBothNumbersAndSnapshot(bool older)
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var frames = Frames(folder.Path);
        await SnapshotAsync(folder.Path, (frames.Count / 2, older ? WithAnotherBalance : AsItIs), (frames.Count, older ? AsItIs : WithAnotherBalance));

        var check = await CheckAsync(folder.Path);
        var json = DemoRun.Parse((await GaibProcess.RunAsync("ledger", "check", "--data-dir", folder.Path, "--format", "json")).Output);

        Assert.Equal(1, check.ExitCode);
        Assert.Matches("^snapshot-[0-9]{16}-[0-9]{10}\\.snap: \\S+ of GAIB: (debits|credits) posted: [0-9]+ by the journal, [0-9]+ found, at transfer [0-9]+", check.Errors);
        Assert.False((bool)json["equal"]!);
        var first = json["differences"]![0]!;
        Assert.Equal(1UL << 8, Difference((string)first["byTheJournal"]!, (string)first["found"]!));
        var at = ulong.Parse(((string)first["where"]!)[9..25], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(older, at < (ulong)frames.Count);
    }

    [Fact]
    public async Task Check_AJournalWrittenAgainWithADoubledTransfer_IsFound()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var doubled = 0;
        await RewriteAsync(folder.Path, frame =>
        {
            var applied = BookRow.Read(frame.Rows).OfType<TransferRow>().FirstOrDefault(row => row.Transfer is { Result: Domain.Reason.None, Writer: >= 16, IsLinked: false });
            if (applied is null || doubled++ != 10)
            {
                return [frame.Rows];
            }

            var row = new BookRows();
            row.AddTransfer(applied.Transfer);
            return [frame.Rows, row.Written.ToArray()];
        });

        await AssertFoundAsync(folder.Path, "the id was used before, or lies outside its writer's window");
    }

    [Fact]
    public async Task Check_AJournalWrittenAgainWithoutACommandsFrame_IsFound()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var commands = Frames(folder.Path).Where(IsOfACommand).Select(frame => frame.Number).ToArray();
        await RewriteAsync(folder.Path, frame => frame.Number == commands[^2] ? [] : [frame.Rows]);

        await AssertFoundAsync(folder.Path, "the book's own ids leave no gaps");
    }

    [Fact]
    public async Task Check_AJournalWrittenAgainWithAnotherCollect_IsFound()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var collects = 0;
        await RewriteAsync(folder.Path, frame =>
        {
            var rows = new BookRows();
            foreach (var row in BookRow.Read(frame.Rows))
            {
                var isFirst = row is TransferRow { Transfer: { IsCollect: true, Result: Domain.Reason.None } } && collects++ == 0;
                rows.Add(isFirst && row is TransferRow { Transfer: var collect } ? new TransferRow(collect with { Amount = collect.Amount ^ 1 }) : row);
            }

            return [rows.Written.ToArray()];
        });

        Assert.True(collects > 0);
        await AssertFoundAsync(folder.Path, "what the pool pays its member");
    }

    [Fact]
    public async Task Check_AskedWrongly_IsOneSentenceAndTwo()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        await AssertRefusedAsync($"{folder.Of("nope")} is no folder. Name a node's data directory with --data-dir.", "--data-dir", folder.Of("nope"));
        await AssertRefusedAsync($"{folder.Path} has no book 1. Name a node's data directory, and one of its books.", "--data-dir", folder.Path, "--book", "1");
        await AssertRefusedAsync("--book takes a whole number from 0, not '-1'.\ngaib ledger check --help says what it takes.", "--data-dir", folder.Path, "--book", "-1");
        await AssertRefusedAsync("--format takes text or json, not 'xml'.\ngaib ledger check --help says what it takes.", "--data-dir", folder.Path, "--format", "xml");
    }

    private static bool IsOfACommand(JournalFrame frame) => BookRow.Read(frame.Rows).Any(row => row is TransferRow { Transfer.Writer: 1 });

    private static ulong Difference(string one, string other) => (ulong)System.Numerics.BigInteger.Abs(
        System.Numerics.BigInteger.Parse(one, System.Globalization.CultureInfo.InvariantCulture) - System.Numerics.BigInteger.Parse(other, System.Globalization.CultureInfo.InvariantCulture));

    private static async Task AssertRefusedAsync(string said, params string[] arguments)
    {
        var refused = await GaibProcess.RunAsync(["ledger", "check", .. arguments]);
        Assert.Equal((2, "", said), (refused.ExitCode, refused.Output, refused.Errors));
    }

    private static async Task AssertFoundAsync(string directory, string what)
    {
        var check = await CheckAsync(directory);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains($": {what}: ", check.Errors, StringComparison.Ordinal);
        Assert.Contains("the journal, folded again, says something else", check.Output, StringComparison.Ordinal);
    }

    private static Task<GaibProcess.Finished> CheckAsync(string directory) => GaibProcess.RunAsync("ledger", "check", "--data-dir", directory);

    private static LocalJournalStore Store(string directory) =>
        new(Options.Create(new JournalOptions { Directory = Path.Combine(directory, "books") }));

    private static List<JournalFrame> Frames(string directory) => [.. Store(directory).Read(Book)];

    /// <summary>Writes the journal again as it is, and snapshots after so many frames, with right checksums, whatever is in them.</summary>
    private static async Task SnapshotAsync(string directory, params (int Frames, Func<ReadOnlyMemory<byte>[], ReadOnlyMemory<byte>[]> Change)[] snapshots)
    {
        var (book, frames) = (new Book(), Frames(directory));
        Directory.Delete(Path.Combine(directory, "books"), recursive: true);
        await using var journal = await Store(directory).OpenAsync(Book);
        foreach (var frame in frames)
        {
            book.Replay(frame.Rows, frame.At);
            var at = journal.Append(frame.Rows.Span, frame.At);
            await journal.DurableAsync(at.Frame);
            foreach (var (_, change) in snapshots.Where(snapshot => (ulong)snapshot.Frames == at.Frame))
            {
                await journal.SaveSnapshotAsync(at, change([.. book.Freeze().Parts()]));
            }
        }
    }

    private static ReadOnlyMemory<byte>[] AsItIs(ReadOnlyMemory<byte>[] parts) => parts;

    /// <summary>The second account's credits are another by 2^8.</summary>
    private static ReadOnlyMemory<byte>[] WithAnotherBalance(ReadOnlyMemory<byte>[] parts)
    {
        const int Head = 8, Row = 24 + 8 + 64, Credits = 24 + 8 + 16;
        var at = Array.FindIndex(parts, part => BitConverter.ToUInt32(part.Span) == 3);
        var changed = parts[at].ToArray();
        changed[Head + Row + Credits + 1] ^= 1;
        return [.. parts[..at], changed, .. parts[(at + 1)..]];
    }

    /// <summary>Writes the journal again, frame by frame, with right checksums.</summary>
    private static async Task RewriteAsync(string directory, Func<JournalFrame, ReadOnlyMemory<byte>[]> rewrite)
    {
        var frames = Frames(directory);
        Directory.Delete(Path.Combine(directory, "books"), recursive: true);
        await using var journal = await Store(directory).OpenAsync(Book);
        foreach (var frame in frames)
        {
            var rows = rewrite(frame).SelectMany(part => part.ToArray()).ToArray();
            if (rows.Length > 0)
            {
                await journal.DurableAsync(journal.Append(rows, frame.At).Frame);
            }
        }
    }
}
