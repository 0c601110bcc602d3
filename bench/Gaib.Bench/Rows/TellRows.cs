using System.Globalization;
using Gaib.Bench.Hosting;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>Few and many grains of one silo that tell the book one transfer after the other, each under its own name, durably.</summary>
internal sealed class TellRows : ILedgerRows
{
    private static readonly int[] Tellers = [16, 1_000];

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
        var cases = Tellers.SelectMany(_ => Ways, (count, way) => (Count: count, way.Way, way.Name, Runs: new List<TellingRun>())).ToArray();
        await world.InTurnAsync([.. cases.Select(one => (Func<Task<double>>)(async () =>
        {
            var run = await tellers.Run(one.Way, one.Count, world.Scale.Seconds);
            book.Expect((ulong)run.Tells);
            one.Runs.Add(run);
            return run.PerSecond;
        }))]);
        await book.CheckAsync();
        book.DropArchive();

        // The first one of each was the round that does not count.
        return
        [
            .. cases.SelectMany(one => new[]
            {
                new Row(NameOf(one.Count, one.Name), "1/s", Spread.Of(one.Runs.Skip(1).Select(run => run.PerSecond))),
                new Row("CPU of the silo for one of them", "µs", Spread.Of(one.Runs.Skip(1).Select(run => run.CpuMicroseconds))),
            }),
        ];
    }

    private static string NameOf(int tellers, string way) =>
        string.Create(CultureInfo.InvariantCulture, $"transfers told by {tellers:N0} grains, one a request, {way}");
}
