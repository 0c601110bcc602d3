using Gaib.Bench.Hosting;
using Gaib.Bench.Money;
using Gaib.Bench.Peers;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>Managed bytes allocated for a transfer: by the book alone, and of a durable one in the silo and in the client that sends it.</summary>
internal sealed class AllocationRows : ILedgerRows
{
    public string Name => "allocation";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        var book = await world.BookAsync();
        LedgerWorld.Say("allocation, the book alone");
        var alone = await world.InTurnAsync(() => Task.FromResult(BookBench.Measure(1_000, world.Scale.Seconds, hot: false, journal: null).Bytes));
        var rows = new List<Row> { new("allocated a transfer by the book alone, in memory, batches of 1000", "bytes", alone[0]) };
        foreach (var batch in new[] { 1, 1_000 })
        {
            LedgerWorld.Say($"allocation, batches of {batch}");
            var (silo, client) = (new List<double>(), new List<double>());
            for (var round = 0; round < world.Scale.Rounds; round++)
            {
                var (inSilo, here) = await MeasureAsync(book, batch, world.Scale.Seconds);
                silo.Add(inSilo);
                client.Add(here);
            }

            rows.Add(new Row(TransferRows.NameOf(batch, "allocated a durable transfer in the silo"), "bytes", Spread.Of(silo)));
            rows.Add(new Row(TransferRows.NameOf(batch, "allocated a durable transfer in the client"), "bytes", Spread.Of(client)));
        }

        await book.CheckAsync();
        book.DropArchive();
        return rows;
    }

    private static async Task<(double Silo, double Client)> MeasureAsync(BookSide book, int batch, double seconds)
    {
        // The sequence says how many transfers the bytes were for, the warm-up included.
        var (sequence, silo, client) = (await book.Book.GetSequence(), await book.ReadProbeAsync(), ProbeGrain.Now(collect: false));
        await book.RateAsync(batch, PostgresWay.CallersOf(batch), isHot: false, seconds);
        var made = (double)(await book.Book.GetSequence() - sequence);
        return (
            ((await book.ReadProbeAsync()).AllocatedBytes - silo.AllocatedBytes) / made,
            (ProbeGrain.Now(collect: false).AllocatedBytes - client.AllocatedBytes) / made);
    }
}
