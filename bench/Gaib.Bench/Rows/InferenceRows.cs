using Gaib.Bench.Hosting;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>
/// What accounting a paid inference takes, without the inference: receipt, fee split, three linked transfers, pool feed and note, durable.
/// From inside the silo, where sessions live.
/// </summary>
internal sealed class InferenceRows : ILedgerRows
{
    private const int Sessions = 64;
    private const int Few = 8;
    private const int Batch = 100;

    public string Name => "inference";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        LedgerWorld.Say("paid inferences");
        var book = await world.BookAsync();
        var (many, few) = (book.Grains.GetGrain<IInferenceGrain>(0), book.Grains.GetGrain<IInferenceGrain>(1));
        book.Expect(await many.Open(Sessions));
        book.Expect(await few.Open(Few));
        var runs = new List<(InferenceRun Single, InferenceRun Batched)>();
        await world.InTurnAsync(async () =>
        {
            var run = (await many.Run(1, world.Scale.Seconds), await few.Run(Batch, world.Scale.Seconds));
            book.Expect(3 * (ulong)(run.Item1.Calls + run.Item2.Calls));
            runs.Add(run);
            return 0;
        });
        await book.CheckAsync();
        book.DropArchive();

        // The first one was the round that does not count.
        runs.RemoveAt(0);
        return
        [
            new Row("paid inferences, accounting only, 100 a request, 8 sessions", "1/s", Spread.Of(runs.Select(r => r.Batched.PerSecond))),
            new Row("CPU of the silo a paid inference, 100 a request", "µs", Spread.Of(runs.Select(r => r.Batched.CpuMicroseconds))),
            new Row("paid inferences, accounting only, one a request, 64 sessions", "1/s", Spread.Of(runs.Select(r => r.Single.PerSecond))),
            new Row("CPU of the silo a paid inference, one a request", "µs", Spread.Of(runs.Select(r => r.Single.CpuMicroseconds))),
        ];
    }
}
