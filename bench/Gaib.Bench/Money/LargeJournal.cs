using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Options;

namespace Gaib.Bench.Money;

/// <summary>Writes a book's journal of a given size through the book and the journal themselves, on this thread.</summary>
internal static class LargeJournal
{
    private const int Batch = 8_000;
    private const int AheadMax = 8;

    /// <summary>Makes the journal of book 0 in a data directory.</summary>
    /// <param name="directory">A node's data directory.</param>
    /// <param name="accounts">Accounts with a balance.</param>
    /// <param name="covered">Transfers that the snapshot covers, those that fund the accounts among them.</param>
    /// <param name="after">Transfers after it.</param>
    public static async Task WriteAsync(string directory, int accounts, int covered, int after)
    {
        var store = new LocalJournalStore(Options.Create(new JournalOptions { Directory = Path.Combine(directory, "books") }));
        await using var journal = await store.OpenAsync(BookNames.Of(0));
        var writing = new Writing(journal, new Book());
        await writing.WriteAsync("bench funds", accounts, i => new Transfer { Debit = AccountId.Issuance, Credit = People.Of(i), Amount = Workload.Funds });
        var random = new Random(1);
        Transfer Next(int i)
        {
            var from = random.Next(accounts);
            return new Transfer { Debit = People.Of(from), Credit = People.Of((from + 1 + random.Next(accounts - 1)) % accounts), Amount = 1 };
        }

        await writing.WriteAsync("bench covered", covered - accounts, Next);
        await journal.SaveSnapshotAsync(writing.End, writing.Book.Freeze().Parts());
        await writing.WriteAsync("bench after", after, Next);
    }

    private sealed class Writing(IJournal journal, Book book)
    {
        private readonly BookRows _rows = new();
        private readonly Queue<Task> _ahead = new();

        public Book Book => book;

        public JournalPosition End { get; private set; }

        public async Task WriteAsync(string name, int count, Func<int, Transfer> transferOf)
        {
            var writer = book.OpenWriter(Keccak.HashUtf8(name), _rows.Clear());
            End = journal.Append(_rows.Written, 1);
            for (var next = 0; next < count; next += Batch)
            {
                var transfers = new Transfer[int.Min(Batch, count - next)];
                for (var i = 0; i < transfers.Length; i++)
                {
                    transfers[i] = transferOf(next + i) with { Id = Transfer.IdOf(writer, (ulong)(next + i)) };
                }

                var answers = new TransferAnswer[transfers.Length];
                if (book.ApplyBatch(writer, (ulong)next, transfers, 1, _rows.Clear(), answers) is { } refused)
                {
                    throw new InvalidOperationException($"The book refused: {refused}");
                }

                WriterSet.Require(answers);
                End = journal.Append(_rows.Written, 1);
                _ahead.Enqueue(journal.DurableAsync(End.Frame));
                while (_ahead.Count > AheadMax)
                {
                    await _ahead.Dequeue();
                }
            }

            await journal.DurableAsync(End.Frame);
        }
    }
}
