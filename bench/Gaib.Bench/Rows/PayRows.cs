using Gaib.Bench.Money;
using Gaib.Bench.Peers;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>Paying all members of a pool, durably, in one call from another process.</summary>
internal sealed class PayRows : ILedgerRows
{
    private const int Members = 10_000;
    private const long Fed = 1_000_000_007;

    // A call takes milliseconds, and the runtime compiles a method for good only after dozens of calls.
    private const int WarmingCalls = 50;

    // A single call of a few milliseconds says more about what else the machine did in them.
    private const int Calls = 11;

    public string Name => "pay";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        LedgerWorld.Say("paying 10,000 members");
        var book = await world.BookAsync();
        var ours = await Payday.OpenAsync(book, "bench payday", Members);
        for (var call = 0; call < WarmingCalls; call++)
        {
            await ours.RunAsync(Fed);
        }

        var measurements = new List<Func<Task<double>>> { () => MedianAsync(() => ours.RunAsync(Fed)) };
        if (await world.PostgresAsync() is { } postgres)
        {
            var theirs = await PostgresPayday.OpenAsync(postgres, Members);
            for (var call = 0; call < WarmingCalls / 10; call++)
            {
                await theirs.RunAsync(Fed);
            }

            measurements.Add(() => MedianAsync(() => theirs.RunAsync(Fed)));
        }

        var measured = await world.InTurnAsync(measurements);
        await world.CheckAsync();
        return
        [
            new Row(
                "pay 10,000 members of a pool, durable", "ms", measured[0],
                measured.Length > 1 ? "PostgreSQL 15: one call, set by set" : null, measured.Length > 1 ? measured[1] : null),
        ];
    }

    private static async Task<double> MedianAsync(Func<Task<double>> call)
    {
        var took = new double[Calls];
        for (var i = 0; i < took.Length; i++)
        {
            took[i] = await call();
        }

        Array.Sort(took);
        return took[took.Length / 2];
    }
}
