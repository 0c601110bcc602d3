using Gaib.Abstractions.Money;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;

namespace Gaib.Silo.Ledger;

/// <summary>
/// Checks a book's whole journal, archive included: folds it again without the book's code, and compares the result with the book that
/// <see cref="Book.Replay"/> makes of it and with every snapshot at its place. Changes nothing, and may run beside the node.
/// </summary>
public static class LedgerCheck
{
    /// <summary>What a replayed book is called in a report.</summary>
    public const string ReplayedBook = "the replayed book";

    /// <summary>The folder of a book's journal in a data directory.</summary>
    public static string FolderOf(string directory, long book) => Path.Combine(directory, "books", BookNames.Of(book));

    /// <summary>Checks.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="book">The book's number.</param>
    /// <param name="onTransfers">Told now and then how many transfers were folded.</param>
    /// <exception cref="Abstractions.Ports.JournalUnavailableException">The journal or a snapshot is damaged, or a part of it is missing.</exception>
    public static LedgerReport Run(string directory, long book, Action<ulong>? onTransfers = null)
    {
        using var journal = new JournalReader(FolderOf(directory, book));
        var (replayed, broken) = (new Book(), default(LedgerFault));
        LedgerWalk walk = null!;
        walk = new LedgerWalk(journal, null, journal.Snapshots().Select(LedgerState.Of))
        {
            OnRows = (rows, at) =>
            {
                broken ??= Replay(replayed, rows, at);
                onTransfers?.Invoke(walk.Refold.Sequence);
            },
        };
        walk.Run();
        if (broken is null)
        {
            walk.Compare(ReplayedBook, replayed.Freeze().Parts());
        }
        else
        {
            walk.Add(ReplayedBook, broken);
        }

        return LedgerReport.Of(BookNames.Of(book), walk, journal.Ending);
    }

    /// <summary>Why the book can't take rows that the journal has; null when it took them.</summary>
    private static LedgerFault? Replay(Book book, ReadOnlyMemory<byte> rows, long at)
    {
        try
        {
            book.Replay(rows, at);
            return null;
        }
        catch (Exception fault) when (fault is InvalidOperationException or OverflowException or ArgumentException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return new LedgerFault($"it can't take the next rows: {fault.Message}", "the book", "", 0, 0, book.Sequence);
        }
    }
}
