using System.Diagnostics;
using System.Globalization;
using Gaib.Abstractions.Money;
using Gaib.Bench.Hosting;
using Gaib.Bench.Money;
using Gaib.Bench.Report;
using Gaib.Domain.Money;

namespace Gaib.Bench.Rows;

/// <summary>How long a node with many accounts takes to answer again, and what an account takes in its memory.</summary>
internal sealed class RestartRows : ILedgerRows
{
    public string Name => "restart";

    public async Task<IReadOnlyList<Row>> MeasureAsync(LedgerWorld world)
    {
        var (accounts, covered, after) = world.Scale.IsShort ? (100_000, 500_000, 20_000) : (1_000_000, 10_000_000, 100_000);
        var of = string.Create(CultureInfo.InvariantCulture, $"{accounts:N0} accounts, {covered:N0} transfers in the snapshot, {after:N0} after it");
        LedgerWorld.Say($"restart: writing a journal of {of}");
        var folder = world.Folder.Below("restart");
        await LargeJournal.WriteAsync(folder, accounts, covered, after);
        var (process, opening, bytes) = (new List<double>(), new List<double>(), new List<double>());
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
            if (sequence != (ulong)(covered + after) || await book.Audit() is not null || (await book.GetBalance(People.Of(0), AssetId.Gaib)).Posted <= 0)
            {
                throw new InvalidOperationException($"The book came back with {sequence} transfers, not {covered + after}.");
            }
        }

        Directory.Delete(folder, recursive: true);
        return
        [
            new Row($"start of a node's process to its first answer: {of}", "s", Spread.Of(process)),
            new Row("of that, opening the book: journal, snapshot, replay, audit", "s", Spread.Of(opening)),
            new Row($"managed memory an account, of {accounts.ToString("N0", CultureInfo.InvariantCulture)}", "bytes", Spread.Of(bytes)),
        ];
    }
}
