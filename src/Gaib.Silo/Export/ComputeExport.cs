using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Domain;
using Gaib.Domain.Compute;

namespace Gaib.Silo.Export;

/// <summary>GPUs, orders, leases, rates.</summary>
internal static class ComputeExport
{
    /// <summary>The nonces below this are tried for the id of a host's GPU.</summary>
    private const int GpusOfHostMax = 64;

    public static async Task WriteAsync(ExportSource source, string directory)
    {
        await WriteGpusAsync(source, directory);
        using var orders = new ExportFile(directory, "orders");
        using var leases = new ExportFile(directory, "leases");
        using var rates = new ExportFile(directory, "rates");
        foreach (var one in source.Network.Genesis.Classes)
        {
            var view = await source.Grains.GetGrain<IMarketGrain>(one.Name).Advance();
            foreach (var move in view.Moves)
            {
                rates.Line(r => r.Text("class", one.Name).Number("at", move.At).Big("utilisation", move.Utilisation)
                    .Big("rate", move.Rate).Big("rateAtTarget", move.RateAtTarget));
            }

            foreach (var order in view.Market.Orders.Values)
            {
                orders.Line(r => r.Of("order", order.Id).Of("renter", order.Order.Renter).Of("job", order.Order.Job)
                    .Text("class", order.Order.Class).Number("count", (long)order.Order.Count).Big("ceiling", order.Order.Ceiling)
                    .Big("cap", order.Order.Cap).Big("nonce", order.Order.Nonce).Texts("leases", order.Leases));
                foreach (var id in order.Leases)
                {
                    WriteLease(leases, await LeaseAsync(source, one.Name, id));
                }
            }
        }
    }

    /// <summary>A lease that nobody has used yet is as its market opened it.</summary>
    private static async Task<Lease> LeaseAsync(ExportSource source, string gpuClass, Hash32 id) =>
        await source.Grains.Get<ILeaseGrain>(id).Get()
        ?? Lease.Open((await source.Grains.GetGrain<IMarketGrain>(gpuClass).GetTerms(id))!);

    /// <summary>
    /// Every GPU of a host that ever asked, also one that was only challenged: what it answered was committed to a beacon, which nothing
    /// else would explain.
    /// </summary>
    private static async Task WriteGpusAsync(ExportSource source, string directory)
    {
        using var gpus = new ExportFile(directory, "gpus");
        var hosts = source.Commands.Where(row => row.Command.Type == "Ask").Select(row => row.Command.Account).Distinct();
        var ids = hosts.SelectMany(host => Enumerable.Range(0, GpusOfHostMax).Select(nonce => Ids.Derive(source.Network.Id, "gpu", host, (UInt128)nonce)));
        foreach (var id in ids.Concat(source.MembersOf("Ask", "gpu").Select(Hash32.Parse)).Distinct().Order())
        {
            if (await source.Grains.Get<IGpuGrain>(id).Get() is { } gpu)
            {
                var evidence = gpu.Evidence is { } last ? gpu.Earlier.Add(last) : gpu.Earlier;
                gpus.Line(r => r.Of("gpu", id).Of("host", gpu.Host).Text("class", gpu.Class).Name("status", gpu.Status)
                    .Number("from", gpu.From).Number("to", gpu.To)
                    .List("evidence", evidence, (e, row) => e.Of("seed", row.Seed).Number("size", row.Size).Of("openedWith", row.OpenedWith)
                        .Of("resultHash", row.ResultHash).Of("checkBeacon", row.CheckBeacon).Flag("passed", row.Passed)));
            }
        }
    }

    private static void WriteLease(ExportFile file, Lease lease) => file.Line(r =>
    {
        var terms = lease.Terms;
        r.Of("lease", terms.Lease).Of("order", terms.Order).Of("job", terms.Job).Of("gpu", terms.Gpu).Of("host", terms.Host)
            .Of("renter", terms.Renter).Text("class", terms.Class).Number("macsPerMs", (long)terms.MacsPerMs).Big("floor", terms.Floor)
            .Big("ceiling", terms.Ceiling).Big("cap", terms.Cap).Number("feePpm", terms.FeePpm).Number("window", terms.Window)
            .Number("openedAt", terms.OpenedAt).Number("closedAt", lease.ClosedAt).Why("endReason", lease.EndReason)
            .Big("verifiedMs", lease.VerifiedMs).Big("paid", lease.Paid).Big("fee", lease.Fee).Big("refunded", lease.Refunded)
            .Big("forfeited", lease.Forfeited)
            .List("rounds", lease.Rounds, (o, round) => o.Of("run", round.Run).Number("round", round.Round).Of("cause", round.Cause)
                .Big("work", round.Work).Big("verifiedMs", round.VerifiedMs).Big("rate", round.Rate).Big("pay", round.Pay)
                .Big("fee", round.Fee).Name("status", round.Status));
    });
}
