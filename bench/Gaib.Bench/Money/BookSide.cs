using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Bench.Hosting;
using Gaib.Client.Money;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Bench.Money;

/// <summary>Our side: a book in a silo of its own process, behind a gateway, and batching writers in this one.</summary>
internal sealed class BookSide : IAsyncDisposable
{
    // One writer makes the largest batches of small calls; of large ones more than a writer's window must be under way.
    private const int LargeBatch = 100;
    private const int WritersOfLarge = 4;

    private readonly ChildSilo _silo;
    private readonly string _folder;
    private ulong _expected;

    private BookSide(ChildSilo silo, string folder) => (_silo, _folder, Book) = (silo, folder, silo.Grains.GetGrain<IBookGrain>(0));

    /// <summary>The book.</summary>
    public IBookGrain Book { get; }

    /// <summary>Finds the silo's grains.</summary>
    public IGrainFactory Grains => _silo.Grains;

    /// <summary>Starts the silo on an empty folder and gives everybody their funds.</summary>
    public static async Task<BookSide> StartAsync(string folder)
    {
        var side = new BookSide(await ChildSilo.StartAsync(ServedSilo.Gaib, folder), folder);
        await side.FundAsync();
        return side;
    }

    /// <summary>What the silo's process used so far.</summary>
    public Task<ProbeReading> ReadProbeAsync() => Grains.GetGrain<IProbeGrain>(0).Read(collect: false);

    /// <summary>Transfers a second with callers that each send <paramref name="batch"/> at a time and wait.</summary>
    public async Task<double> RateAsync(int batch, int callers, bool isHot, double seconds)
    {
        await using var writers = await OpenWritersAsync(batch, callers);
        var (rate, made) = await ClosedLoop.RunAsync(
            [.. Enumerable.Range(0, callers).Select(caller => writers.Caller(caller, new Workload(caller, isHot), batch))], seconds);
        Expect((ulong)made);
        return rate;
    }

    /// <summary>Writers shared by so many callers.</summary>
    public async Task<WriterSet> OpenWritersAsync(int batch, int callers)
    {
        var options = new TransferWriterOptions { QueueMax = 1 << 20 };
        return new WriterSet(await Task.WhenAll(
            Enumerable.Range(0, batch < LargeBatch ? 1 : int.Min(WritersOfLarge, callers)).Select(_ => TransferWriter.OpenAsync(Book, options: options))));
    }

    /// <summary>Says that so many transfers were acknowledged; <see cref="CheckAsync"/> holds the book to it.</summary>
    public void Expect(ulong made) => _expected += made;

    /// <summary>
    /// Holds the book to what it answered: every acknowledged transfer was applied once, nothing came or went, and every law holds.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of these is not so; the figures are worth nothing.</exception>
    public async Task CheckAsync()
    {
        var applied = await Book.GetSequence();
        var held = (await Book.GetBalance(AccountId.Issuance, AssetId.Gaib)).Posted;
        Int128 others = 0;
        foreach (var kind in Enum.GetValues<AccountKind>().Where(kind => kind is not (AccountKind.None or AccountKind.Issuance)))
        {
            others += (await Book.GetBalances(kind, AssetId.Gaib)).Aggregate((Int128)0, (sum, row) => sum + row.Value.Posted);
        }

        var fault = applied != _expected ? $"it applied {applied} transfers, and {_expected} were acknowledged"
            : held + others != 0 ? $"{-held} base units were issued, and {others} are there"
            : await Book.Audit();
        if (fault is not null)
        {
            throw new InvalidOperationException($"The book is not what it answered: {fault}.");
        }
    }

    /// <summary>What must be so on both sides: a payment without funds is refused, the same one again is answered the same and moves nothing, and its id takes no other.</summary>
    public async Task CheckRulesAsync()
    {
        await CheckAsync();
        var writer = await Book.OpenWriter(Keccak.HashUtf8("bench rules"));
        var paying = new Transfer { Id = Transfer.IdOf(writer, 0), Debit = People.Of(1), Credit = People.Of(2), Amount = 1 };
        var broke = paying with { Id = Transfer.IdOf(writer, 1), Amount = UInt128.One << 100 };
        var request = new BookRequest { Writer = writer, Transfers = [paying, broke] };
        var first = await Book.Submit(request);
        var again = await Book.Submit(request);
        var other = await Book.Submit(request with { Transfers = [paying with { Amount = 2 }] });
        Expect(1);
        if (first.Answers is not [{ Result: Reason.None }, { Result: Reason.InsufficientFunds }] || !again.Repeated
            || !again.Answers.SequenceEqual(first.Answers) || other.Answers is not [{ Result: Reason.IdReused }])
        {
            throw new InvalidOperationException($"The book answered {first}, then {again}, then {other}.");
        }

        await CheckAsync();
    }

    /// <summary>Removes segments that snapshots cover. A node keeps them for its exports; here they would only fill the disk.</summary>
    public void DropArchive()
    {
        var archive = new DirectoryInfo(Path.Combine(_folder, "books", BookNames.Of(0), "archive"));
        foreach (var segment in archive.Exists ? archive.EnumerateFiles() : [])
        {
            segment.Delete();
        }
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private async Task FundAsync()
    {
        var writer = await Book.OpenWriter(Keccak.HashUtf8("bench funds"));
        ulong next = 0;
        foreach (var chunk in Enumerable.Range(0, Workload.Accounts).Chunk(5_000))
        {
            var reply = await Book.Submit(new BookRequest
            {
                Writer = writer,
                AnsweredThrough = next,
                Transfers = [.. chunk.Select((number, i) => new Transfer
                {
                    Id = Transfer.IdOf(writer, next + (ulong)i), Debit = AccountId.Issuance, Credit = People.Of(number), Amount = Workload.Funds,
                })],
            });
            if (!reply.Applied)
            {
                throw new InvalidOperationException($"The book refused the funds: {reply.Rejection}");
            }

            next += (ulong)chunk.Length;
            Expect((ulong)chunk.Length);
        }
    }
}

/// <summary>Some writers of one book.</summary>
internal sealed class WriterSet(TransferWriter[] writers) : IAsyncDisposable
{
    /// <summary>The writer of a caller.</summary>
    public TransferWriter Of(int caller) => writers[caller % writers.Length];

    /// <summary>A caller that sends batch after batch.</summary>
    public Func<Task<int>> Caller(int caller, Workload workload, int batch)
    {
        var (writer, transfers) = (Of(caller), new Transfer[batch]);
        return async () =>
        {
            Fill(transfers, workload);
            Require(await writer.SendAsync(transfers));
            return batch;
        };
    }

    /// <summary>Fills in the next transfers of a caller.</summary>
    public static void Fill(Span<Transfer> transfers, Workload workload)
    {
        foreach (ref var transfer in transfers)
        {
            var (from, to) = workload.Next();
            transfer = new Transfer { Debit = People.Of(from), Credit = People.Of(to), Amount = 1 };
        }
    }

    /// <summary>No transfer of a measurement may be refused.</summary>
    public static void Require(ReadOnlySpan<TransferAnswer> answers)
    {
        foreach (ref readonly var answer in answers)
        {
            if (!answer.Applied)
            {
                throw new InvalidOperationException($"The book answered {answer}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers)
        {
            await writer.DisposeAsync();
        }
    }
}
