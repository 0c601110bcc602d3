using Gaib.Bench.Hosting;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>A thousand grains of one silo that tell the book one transfer after the other, each under its own name, durably.</summary>
internal sealed class TellRows : ILedgerRows
{
    private const int Tellers = 1_000;

    private static readonly (TellingWay Way, string Name)[] Ways =
    [
        (TellingWay.Sender, "through the silo's sender"), (TellingWay.Submit, "each by itself, with a writer's number that it keeps"),
        (TellingWay.OpenAndSubmit, "each by itself, opening its writer each time"),
    ];

    public string Name => "tell";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        LedgerWorld.Say("grains that tell the book");
        var book = await world.BookAsync();
        var tellers = book.Grains.GetGrain<ITellersGrain>(0);
        var runs = Ways.ToDictionary(way => way.Way, _ => new List<TellingRun>());
        await world.InTurnAsync([.. Ways.Select(way => (Func<Task<double>>)(async () =>
        {
            var run = await tellers.Run(way.Way, Tellers, world.Scale.Seconds);
            book.Expect((ulong)run.Tells);
            runs[way.Way].Add(run);
            return run.PerSecond;
        }))]);
        await book.CheckAsync();
        book.DropArchive();

        // The first one of each was the round that does not count.
        return
        [
            .. Ways.Select(way => new Row(
                $"transfers told by 1,000 grains, one a request, {way.Name}", "1/s", Spread.Of(runs[way.Way].Skip(1).Select(run => run.PerSecond)))),
            .. Ways.Select(way => new Row(
                $"CPU of the silo for one of them, {way.Name}", "µs", Spread.Of(runs[way.Way].Skip(1).Select(run => run.CpuMicroseconds)))),
        ];
    }
}
