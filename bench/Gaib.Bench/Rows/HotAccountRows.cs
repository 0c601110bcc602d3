using Gaib.Bench.Peers;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>Every transfer credits one account, beside our own figure with accounts chosen evenly.</summary>
internal sealed class HotAccountRows : ILedgerRows
{
    public string Name => "hot";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        var (book, seconds) = (await world.BookAsync(), world.Scale.Seconds);
        var rows = new List<Row>();
        foreach (var batch in world.Scale.Batches)
        {
            LedgerWorld.Say($"one hot account, batches of {batch}");
            var callers = PostgresWay.CallersOf(batch);
            var measured = await world.InTurnAsync(
                () => book.RateAsync(batch, callers, isHot: true, seconds), () => book.RateAsync(batch, callers, isHot: false, seconds));
            await book.CheckAsync();
            book.DropArchive();
            rows.Add(new Row(TransferRows.NameOf(batch, "durable transfers to one account"), "1/s", measured[0], "ours, accounts chosen evenly", measured[1]));
        }

        return rows;
    }
}
