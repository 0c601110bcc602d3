using System.Diagnostics;
using System.Globalization;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Options;

namespace Gaib.Bench.Money;

/// <summary>One book on one thread, alone and with a journal: the bound for everything that is built around it.</summary>
internal static class BookBench
{
    private const int Accounts = Workload.Accounts;

    public static void Run(bool isShort)
    {
        var seconds = isShort ? 1.0 : 3.0;
        Console.WriteLine("transfers/s by batch size; bytes allocated a transfer");
        foreach (var batch in new[] { 1, 10, 100, 1_000, 8_000 })
        {
            var (rate, bytes) = Measure(batch, seconds, hot: false, null);
            var (hot, _) = Measure(batch, seconds, hot: true, null);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"memory  batch {batch,5}: {rate,12:N0} /s  {bytes,6:F2} B   one hot account {hot,12:N0} /s"));
        }

        foreach (var batch in new[] { 1, 10, 100, 1_000, 8_000 })
        {
            var folder = Directory.CreateTempSubdirectory("gaib-bench-").FullName;
            var store = new LocalJournalStore(Options.Create(new JournalOptions { Directory = folder }));
            using (var journal = new Disposing(store.OpenAsync("book").Result))
            {
                var (rate, bytes) = Measure(batch, seconds, hot: false, journal.Journal);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"durable batch {batch,5}: {rate,12:N0} /s  {bytes,6:F2} B   (8 batches under way)"));
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Transfers a second on this thread, and bytes allocated by it for each.</summary>
    /// <param name="batch">Transfers a batch.</param>
    /// <param name="seconds">How long; the first quarter does not count.</param>
    /// <param name="hot">Every transfer credits one account.</param>
    /// <param name="journal">Where rows become durable; null for none.</param>
    public static (double Rate, double Bytes) Measure(int batch, double seconds, bool hot, IJournal? journal)
    {
        var book = new Book();
        var rows = new BookRows();
        var writer = Fund(book, rows);
        var transfers = new Transfer[batch];
        var answers = new TransferAnswer[batch];
        var random = new Random(1);
        var people = Enumerable.Range(0, Accounts).Select(People.Of).ToArray();
        var pending = new Queue<Task>();
        long done = 0, bytes = 0;
        ulong next = 0;
        var watch = Stopwatch.StartNew();
        var measured = TimeSpan.FromSeconds(seconds / 4);
        double begin = 0;
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            if (begin == 0 && watch.Elapsed > measured)
            {
                (done, begin, bytes) = (0, watch.Elapsed.TotalSeconds, GC.GetAllocatedBytesForCurrentThread());
            }

            Fill(transfers, people, writer, next, random, hot);
            if (book.ApplyBatch(writer, next, transfers, 1, rows.Clear(), answers) is { } refused || !answers[0].Applied)
            {
                throw new InvalidOperationException($"{answers[0]}");
            }

            if (journal is not null)
            {
                pending.Enqueue(journal.DurableAsync(journal.Append(rows.Written, 1).Frame));
                if (pending.Count >= 8)
                {
                    pending.Dequeue().GetAwaiter().GetResult();
                }
            }

            next += (ulong)batch;
            done += batch;
        }

        while (pending.TryDequeue(out var last))
        {
            last.GetAwaiter().GetResult();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return (done / (watch.Elapsed.TotalSeconds - begin), allocated / (double)done);
    }

    private static void Fill(Transfer[] transfers, AccountId[] people, ulong writer, ulong next, Random random, bool hot)
    {
        for (var i = 0; i < transfers.Length; i++)
        {
            var from = (hot ? 1 : 0) + random.Next(Accounts - 1);
            transfers[i] = new Transfer
            {
                Id = Transfer.IdOf(writer, next + (ulong)i),
                Debit = people[from],
                Credit = people[hot ? 0 : from + 1],
                Amount = 1,
            };
        }
    }

    private static ulong Fund(Book book, BookRows rows)
    {
        var writer = book.OpenWriter(Keccak.HashUtf8("bench"), rows.Clear());
        var genesis = book.OpenWriter(Keccak.HashUtf8("genesis"), rows.Clear());
        foreach (var chunk in Enumerable.Range(0, Accounts).Chunk(5_000))
        {
            var reply = book.Apply(
                new BookRequest
                {
                    Writer = genesis,
                    AnsweredThrough = (ulong)chunk[0],
                    Transfers = [.. chunk.Select(i => new Transfer
                    {
                        Id = Transfer.IdOf(genesis, (ulong)i), Debit = AccountId.Issuance, Credit = People.Of(i), Amount = 1UL << 60,
                    })],
                },
                1,
                rows.Clear());
            if (!reply.Applied)
            {
                throw new InvalidOperationException($"{reply.Rejection}");
            }
        }

        return writer;
    }

    private sealed class Disposing(IJournal journal) : IDisposable
    {
        public IJournal Journal => journal;

        public void Dispose() => journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
