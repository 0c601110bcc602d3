using System.Collections.Concurrent;
using System.Globalization;
using Gaib.Bench.Money;
using Gaib.Bench.Peers;
using Gaib.Bench.Report;
using Gaib.Client.Money;
using Gaib.Domain.Money;

namespace Gaib.Bench.Rows;

/// <summary>How long a durable answer takes while 80 % of the load that was just measured arrives at fixed moments.</summary>
internal sealed class LatencyRows : ILedgerRows
{
    /// <summary>
    /// The p100 in milliseconds that TigerBeetle gives for its own benchmark, on a server of its choice. Taken from our targets, neither measured
    /// here nor read again at its source: it stands there to be stayed below.
    /// </summary>
    private const double TigerBeetleP100Ms = 75;

    private const double Load = 0.8;

    private static readonly int[] Batches = [1, 1_000];

    public string Name => "latency";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        var rows = new List<Row>();
        foreach (var batch in Batches.Where(world.Scale.Batches.Contains))
        {
            rows.AddRange(await MeasureAsync(world, batch));
        }

        return rows;
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world, int batch)
    {
        var (book, seconds, callers) = (await world.BookAsync(), world.Scale.Seconds, PostgresWay.CallersOf(batch));
        LedgerWorld.Say($"latency, batches of {batch}");
        var (loads, latencies) = (new List<double>(), new List<Latencies>());
        for (var round = 0; round < world.Scale.Rounds; round++)
        {
            var full = await book.RateAsync(batch, callers, isHot: false, seconds);
            loads.Add(Load * full);
            latencies.Add(await OpenAsync(book, batch, callers, Load * full / batch, 2 * seconds));
        }

        await book.CheckAsync();
        book.DropArchive();
        string NameOf(string what) => string.Create(
            CultureInfo.InvariantCulture, $"latency at 80 % load ({Spread.Of(loads).Median:N0} transfers/s), batches of {batch}, {what}");
        return
        [
            new Row(NameOf("p50"), "ms", Spread.Of(latencies.Select(l => l.P50))),
            new Row(NameOf("p99"), "ms", Spread.Of(latencies.Select(l => l.P99))),
            new Row(
                NameOf("p100"), "ms", Spread.Of(latencies.Select(l => l.P100)), "TigerBeetle, its published p100 (quoted, not measured)",
                Spread.Just(TigerBeetleP100Ms)),
        ];
    }

    private static async Task<Latencies> OpenAsync(BookSide book, int batch, int callers, double callsPerSecond, double seconds)
    {
        await using var writers = await book.OpenWritersAsync(batch, callers);
        var workload = new Workload(callers, isHot: false);
        var (transfers, rooms) = (new Transfer[batch], new ConcurrentBag<TransferAnswer[]>());
        var (latencies, calls) = await OpenLoop.RunAsync(callsPerSecond, seconds, number =>
        {
            // The writer copies them before this returns.
            WriterSet.Fill(transfers, workload);
            return RequireAsync(writers.Of((int)(number % callers)), transfers, rooms);
        });
        book.Expect((ulong)(calls * batch));
        return latencies;
    }

    private static async Task RequireAsync(TransferWriter writer, Transfer[] transfers, ConcurrentBag<TransferAnswer[]> rooms)
    {
        var answers = rooms.TryTake(out var room) ? room : new TransferAnswer[transfers.Length];
        await writer.SendAsync(transfers, answers).ConfigureAwait(false);
        WriterSet.Require(answers);
        rooms.Add(answers);
    }
}
