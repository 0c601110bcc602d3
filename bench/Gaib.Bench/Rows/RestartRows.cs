using System.Diagnostics;
using System.Globalization;
using Gaib.Abstractions.Money;
using Gaib.Bench.Hosting;
using Gaib.Bench.Money;
using Gaib.Bench.Report;
using Gaib.Client.Money;
using Gaib.Domain.Money;

namespace Gaib.Bench.Rows;

/// <summary>How long a node with many accounts takes to answer again, what an account takes in its memory, and how fast it is then.</summary>
internal sealed class RestartRows : ILedgerRows
{
    private const int Batch = 1_000;
    private const int Callers = 8;

    public string Name => "restart";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world) => world.Scale.IsShort
        ? await MeasureAsync(world, 100_000, 500_000, 20_000)
        :
        [
            .. await MeasureAsync(world, 1_000_000, 10_000_000, 100_000),
            .. await MeasureAsync(world, 10_000_000, 12_000_000, 100_000),
        ];

    private static async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world, int accounts, int covered, int after)
    {
        var of = string.Create(CultureInfo.InvariantCulture, $"{accounts:N0} accounts, {covered:N0} transfers in the snapshot, {after:N0} after it");
        LedgerWorld.Say($"restart: writing a journal of {of}");
        var folder = world.Folder.Below("restart");
        await LargeJournal.WriteAsync(folder, accounts, covered, after);
        var (process, opening, bytes, rates) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var applied = (ulong)(covered + after);
        for (var round = 0; round < world.Scale.Rounds; round++)
        {
            LedgerWorld.Say("restart: opening it");
            var begun = Stopwatch.GetTimestamp();
            await using var silo = await ChildSilo.StartAsync(ServedSilo.Gaib, folder);
            var (probe, book) = (silo.Grains.GetGrain<IProbeGrain>(0), silo.Grains.GetGrain<IBookGrain>(0));
            var started = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            var empty = (await probe.Read(collect: true)).ManagedBytes;
            var asked = Stopwatch.GetTimestamp();
            var sequence = await book.GetSequence();
            opening.Add(Stopwatch.GetElapsedTime(asked).TotalSeconds);
            process.Add(started + opening[^1]);
            bytes.Add(((await probe.Read(collect: true)).ManagedBytes - empty) / (double)accounts);
            if (sequence != applied || await book.Audit() is not null || (await book.GetBalance(People.Of(0), AssetId.Gaib)).Posted <= 0)
            {
                throw new InvalidOperationException($"The book came back with {sequence} transfers, not {applied}.");
            }

            // The last one, since what it writes is read by the next start.
            if (round == world.Scale.Rounds - 1)
            {
                for (var more = 0; more < world.Scale.Rounds; more++)
                {
                    applied += await RateAsync(book, accounts, world.Scale.Seconds, rates);
                }

                if (await book.GetSequence() != applied || await book.Audit() is not null)
                {
                    throw new InvalidOperationException($"The book does not have the {applied} transfers that it acknowledged.");
                }
            }
        }

        Directory.Delete(folder, recursive: true);
        var many = accounts.ToString("N0", CultureInfo.InvariantCulture);
        return
        [
            new Row($"start of a node's process to its first answer: {of}", "s", Spread.Of(process)),
            new Row("of that, opening the book: journal, snapshot, replay, audit", "s", Spread.Of(opening)),
            new Row($"managed memory an account, of {many}", "bytes", Spread.Of(bytes)),
            new Row($"durable transfers among {many} accounts, batches of {Batch}, {Callers} callers", "1/s", Spread.Of(rates)),
        ];
    }

    private static async Task<ulong> RateAsync(IBookGrain book, int accounts, double seconds, List<double> rates)
    {
        await using var writers = new WriterSet(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TransferWriter.OpenAsync(book))));
        var (rate, made) = await ClosedLoop.RunAsync(
            [.. Enumerable.Range(0, Callers).Select(caller => writers.Caller(caller, new Workload(caller, false, accounts), Batch))], seconds);
        rates.Add(rate);
        return (ulong)made;
    }
}
