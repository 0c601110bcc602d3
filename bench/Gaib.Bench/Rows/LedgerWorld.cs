using Gaib.Bench.Hosting;
using Gaib.Bench.Money;
using Gaib.Bench.Peers;

namespace Gaib.Bench.Rows;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">How often each side is measured, in turn.</param>
/// <param name="Seconds">How long one measurement of a rate takes, its first quarter not counting.</param>
/// <param name="TrySeconds">How long each way to drive the peer is tried before the fastest is chosen.</param>
/// <param name="IsShort">Smaller sizes too.</param>
/// <param name="WithPeer">False leaves the peers out.</param>
/// <param name="Batches">The batch sizes of the rows that go through all of them.</param>
internal sealed record LedgerScale(int Rounds, double Seconds, double TrySeconds, bool IsShort, bool WithPeer, IReadOnlyCollection<int> Batches);

/// <summary>The sides that are measured. Each is started when the first row needs it, and ended with the run.</summary>
internal sealed class LedgerWorld(LedgerScale scale, BenchFolder folder) : IAsyncDisposable
{
    private BookSide? _book;
    private PostgresSide? _postgres;
    private TransactionsSide? _transactions;

    /// <summary>How much is measured.</summary>
    public LedgerScale Scale => scale;

    /// <summary>Where all files of this run lie.</summary>
    public BenchFolder Folder => folder;

    /// <summary>Our side.</summary>
    public async Task<BookSide> BookAsync()
    {
        if (_book is null)
        {
            _book = await BookSide.StartAsync(folder.Below("gaib"));
            await _book.CheckRulesAsync();
        }

        return _book;
    }

    /// <summary>The peer; null where it is left out.</summary>
    public async Task<PostgresSide?> PostgresAsync()
    {
        if (_postgres is null && scale.WithPeer)
        {
            _postgres = await PostgresSide.StartAsync(folder.Below("postgres"));
            await _postgres.CheckRulesAsync();
        }

        return _postgres;
    }

    /// <summary>The second peer; null where it is left out.</summary>
    public async Task<TransactionsSide?> TransactionsAsync() => await PostgresAsync() is { } postgres
        ? _transactions ??= await TransactionsSide.StartFastestAsync(folder.Below("transactions"), postgres, scale.TrySeconds)
        : null;

    /// <summary>
    /// Measures some things in turn, each so many rounds, and lets the machine come to rest between two. A round before them does not count:
    /// code that has not run yet is compiled in it.
    /// </summary>
    /// <returns>The rounds of each.</returns>
    public async Task<Report.Spread[]> InTurnAsync(params IReadOnlyList<Func<Task<double>>> measurements)
    {
        var samples = measurements.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < scale.Rounds; round++)
        {
            for (var i = 0; i < measurements.Count; i++)
            {
                // What one side still does when it was measured, a snapshot for one, is not to fall into the other's time.
                await Task.Delay(TimeSpan.FromMilliseconds(300));
                var sample = await measurements[i]();
                if (round >= 0)
                {
                    samples[i].Add(sample);
                }
            }
        }

        return [.. samples.Select(Report.Spread.Of)];
    }

    /// <summary>Tells whoever waits what is being done.</summary>
    public static void Say(string what) => Console.Error.WriteLine(what);

    /// <summary>Holds each side that ran to what it answered.</summary>
    public async Task CheckAsync()
    {
        await (_book?.CheckAsync() ?? Task.CompletedTask);
        await (_postgres?.CheckAsync() ?? Task.CompletedTask);
        await (_transactions?.CheckAsync() ?? Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await (_book?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_transactions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}

/// <summary>Something that is measured by itself and gives some lines of the result.</summary>
internal interface ILedgerRows
{
    /// <summary>The name for <c>--only</c>.</summary>
    string Name { get; }

    /// <summary>Measures.</summary>
    Task<IReadOnlyList<Report.Row>> MeasureAsync(LedgerWorld world);
}
