using System.Globalization;
using Gaib.Bench.Money;
using Gaib.Bench.Peers;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>Durable transfers a second between accounts chosen evenly, from another process, beside PostgreSQL and Orleans.Transactions.</summary>
internal sealed class TransferRows : ILedgerRows
{
    /// <summary>The batch sizes that may be measured.</summary>
    public static readonly int[] Batches = [1, 10, 100, 1_000, 8_000];

    public string Name => "transfers";

    /// <summary>What a row of a batch size is called.</summary>
    public static string NameOf(int batch, string of) => string.Create(
        CultureInfo.InvariantCulture, $"{of}, batches of {batch}, {PostgresWay.CallersOf(batch)} callers");

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        var rows = new List<Row>();
        foreach (var batch in world.Scale.Batches)
        {
            rows.AddRange(await MeasureAsync(world, batch));
        }

        return rows;
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world, int batch)
    {
        var (book, seconds) = (await world.BookAsync(), world.Scale.Seconds);
        var sides = new List<(string? Name, Func<Task<double>> Measure)>
        {
            (null, () => book.RateAsync(batch, PostgresWay.CallersOf(batch), isHot: false, seconds)),
        };
        if (await world.PostgresAsync() is { } postgres)
        {
            foreach (var way in await FastestAsync(postgres, batch, world.Scale.TrySeconds))
            {
                sides.Add(($"PostgreSQL 15: {way}", () => postgres.RateAsync(way, batch, seconds)));
            }
        }

        if (batch == 1 && await world.TransactionsAsync() is { } transactions)
        {
            sides.Add((transactions.Name, () => transactions.RateAsync(seconds)));
        }

        LedgerWorld.Say($"transfers, batches of {batch}");
        var measured = await world.InTurnAsync([.. sides.Select(side => side.Measure)]);
        await world.CheckAsync();
        book.DropArchive();
        var name = NameOf(batch, "durable transfers");
        return sides.Count == 1
            ? [new Row(name, "1/s", measured[0])]
            : [.. sides.Zip(measured).Skip(1).Select(side => new Row(name, "1/s", measured[0], side.First.Name, side.Second))];
    }

    /// <summary>Tries every way and takes the fastest one in which each caller is on its own, and the fastest that combines callers.</summary>
    private static async Task<IReadOnlyList<PostgresWay>> FastestAsync(PostgresSide postgres, int batch, double seconds)
    {
        var tried = new List<(PostgresWay Way, double Rate)>();
        foreach (var way in PostgresWay.For(batch))
        {
            tried.Add((way, await postgres.RateAsync(way, batch, seconds)));
            LedgerWorld.Say(string.Create(CultureInfo.InvariantCulture, $"tried PostgreSQL, batches of {batch}, {way}: {tried[^1].Rate:N0} /s"));
        }

        await postgres.CheckAsync();
        return [.. tried.GroupBy(one => one.Way.Combined).OrderBy(group => group.Key).Select(group => group.MaxBy(one => one.Rate).Way)];
    }
}
