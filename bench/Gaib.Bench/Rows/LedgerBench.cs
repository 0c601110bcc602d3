using Gaib.Bench.Hosting;
using Gaib.Bench.Peers;
using Gaib.Bench.Report;

namespace Gaib.Bench.Rows;

/// <summary>The benchmark of the ledger: every figure, both sides in one run.</summary>
internal static class LedgerBench
{
    private static readonly ILedgerRows[] All =
    [
        new TransferRows(), new HotAccountRows(), new LatencyRows(), new PoolRows(), new InferenceRows(), new TellRows(), new PayRows(), new RestartRows(), new AllocationRows(),
    ];

    /// <summary>The names for <c>--only</c>.</summary>
    public static IEnumerable<string> Names => All.Select(rows => rows.Name);

    /// <summary>Measures, and writes the result to standard output; all else goes to standard error.</summary>
    /// <param name="scale">How much.</param>
    /// <param name="only">Which rows; all where there is no name.</param>
    /// <param name="isJson">For programs.</param>
    /// <param name="command">What was typed.</param>
    /// <returns>The exit code: 0, or 2 where the peer is missing.</returns>
    public static async Task<int> RunAsync(LedgerScale scale, IReadOnlyCollection<string> only, bool isJson, string command)
    {
        if (!scale.WithPeer)
        {
            LedgerWorld.Say("--no-peer: PostgreSQL and Orleans.Transactions are left out.");
        }
        else
        {
            try
            {
                PostgresServer.FindBinaries();
            }
            catch (PostgresMissingException missing)
            {
                LedgerWorld.Say(missing.Message);
                return 2;
            }
        }

        using var folder = new BenchFolder();
        var machine = Machine.Of(folder.Root);
        LedgerWorld.Say($"command: {command}");
        LedgerWorld.Say(machine.ToString());
        var (rows, before) = (new List<Row>(), Machine.ReadStolen());
        await using (var world = new LedgerWorld(scale, folder))
        {
            foreach (var some in All.Where(some => only.Count == 0 || only.Contains(some.Name)))
            {
                rows.AddRange(await some.MeasureAsync(world));
            }
        }

        var after = Machine.ReadStolen();
        rows.Add(new Row("processor time that the machine's host gave to others", "%", Spread.Just(100 * (after.Stolen - before.Stolen) / double.Max(1, after.All - before.All))));
        Console.Write(isJson ? ReportWriter.ToJson(command, scale.Rounds, machine, rows) + "\n" : ReportWriter.ToTable(command, scale.Rounds, machine, rows));
        return 0;
    }
}
