using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gaib.Silo.Ledger;

namespace Gaib.Cli.Money;

/// <summary><c>gaib ledger check</c>: folds a book's whole journal again, by code that the book does not share.</summary>
internal static class LedgerCommands
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    public static Command Ledger() => new("ledger", "Looks at the books of a data directory.") { Check() };

    private static Command Check()
    {
        var data = Options.Folder("--data-dir", "The node's data directory; the node may run.", "gaib-data");
        var book = new Option<long>("--book") { Description = "The book's number.", DefaultValueFactory = _ => 0 };
        book.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && !long.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                result.AddError($"--book takes a whole number from 0, not '{given.Value}'.");
            }
        });
        var format = Options.Format();
        var command = new Command(
            "check",
            "Folds the whole journal again and compares every balance, pool and reservation with the book and its snapshots. "
            + "Exit code 0: equal. 1: something differs. 2: there is no such book.")
        {
            data, book, format,
        };
        command.SetAction(parsed => Ending.Of(() => Check(parsed.GetValue(data)!, parsed.GetValue(book), parsed.GetValue(format) == "json")));
        return command;
    }

    private static int Check(string directory, long book, bool json)
    {
        if (!Directory.Exists(LedgerCheck.FolderOf(directory, book)))
        {
            return Ending.SayUsage(Directory.Exists(directory)
                ? string.Create(CultureInfo.InvariantCulture, $"{directory} has no book {book}. Name a node's data directory, and one of its books.")
                : $"{directory} is no folder. Name a node's data directory with --data-dir.");
        }

        using var progress = new Counting("transfers folded");
        var report = LedgerCheck.Run(directory, book, progress.Tell);
        progress.Dispose();
        foreach (var note in report.Notes)
        {
            Console.Error.WriteLine(note);
        }

        if (json)
        {
            Console.Out.WriteLine(report.ToJson());
        }
        else
        {
            Show(report);
        }

        return report.IsEqual ? Ending.Done : Ending.Failed;
    }

    private static void Show(LedgerReport report)
    {
        foreach (var difference in report.Differences)
        {
            Console.Error.WriteLine(difference);
        }

        if (report.DifferenceCount > report.Differences.Count)
        {
            Console.Error.WriteLine($"and {report.DifferenceCount - report.Differences.Count} more");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Book}: {report.Transfers} transfers in {report.Frames} frames, {report.Accounts} balances; compared with {string.Join(", ", report.Compared)}"));
        Console.WriteLine(report.IsEqual
            ? "all equal"
            : string.Create(CultureInfo.InvariantCulture, $"{report.DifferenceCount} differences: the journal, folded again, says something else"));
    }

    /// <summary>A number that grows, told on a terminal once a second and nowhere else.</summary>
    internal sealed class Counting(string what) : IDisposable
    {
        private readonly Stopwatch _since = Stopwatch.StartNew();
        private readonly bool _isTerminal = !Console.IsErrorRedirected;
        private bool _told;

        public void Tell(ulong count)
        {
            if (_isTerminal && _since.Elapsed >= TellEvery)
            {
                Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{count:N0} {what}"));
                _told = true;
                _since.Restart();
            }
        }

        public void Dispose()
        {
            if (_told)
            {
                Console.Error.WriteLine();
                _told = false;
            }
        }
    }
}
