using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Domain.Training;
using Gaib.Verify.Models;

namespace Gaib.Verify;

/// <summary>
/// What holds and has not come to its end: nobody can see from one export whether an operator withholds it or has not come to it yet.
/// </summary>
internal static class OpenItems
{
    public static void Check(ExportData data, Findings findings)
    {
        if (findings.Any)
        {
            return;
        }

        foreach (var what in Jobs(data).Concat(Leases(data)).Concat(Runs(data)).Concat(Sessions(data)).Concat(HostFees(data))
            .Concat(Policies(data)).Concat(Roots(data)))
        {
            findings.StaysOpen(what);
        }
    }

    private static IEnumerable<string> Jobs(ExportData data)
    {
        var valued = data.Valuations.OfType<Data.ValuationHeaderLine>().Select(header => header.Job).ToHashSet();
        var open = data.Jobs.Where(job => !valued.Contains(job.Job)).ToArray();
        if (open.Length > 0)
        {
            yield return $"{open.Length} job(s) not valued, {Sum(open.Select(job => job.Budget))} base units of budget held";
        }
    }

    private static IEnumerable<string> Leases(ExportData data)
    {
        var open = data.Leases.Where(lease => lease.ClosedAt is null).ToArray();
        if (open.Length > 0)
        {
            yield return $"{open.Length} lease(s) open, {Sum(open.Select(lease => Held(data, AccountId.Of(AccountKind.Lease, lease.Terms.Lease))))} base units in escrow";
        }
    }

    private static IEnumerable<string> Runs(ExportData data)
    {
        var open = data.Runs.Count(run => run.Phase != RunPhase.Done);
        if (open > 0)
        {
            yield return $"{open} run(s) not done";
        }

        var finished = data.Runs.Count(run => run.Phase == RunPhase.Done && data.Models.All(model => !model.Runs.Contains(run.Run)));
        if (finished > 0)
        {
            yield return $"{finished} run(s) done without a model";
        }
    }

    private static IEnumerable<string> Sessions(ExportData data)
    {
        var open = data.Sessions.Where(session => session.Phase == Domain.Models.SessionPhase.Open).ToArray();
        if (open.Length > 0)
        {
            yield return $"{open.Length} session(s) open, {Sum(open.Select(session => session.Cap - session.Fees))} base units unspent";
        }

        var rests = data.Sessions.Select(session => (session.Session, Amount: session.Fees - (session.Acks.IsEmpty ? 0 : session.Acks[^1].Cumulative)))
            .Where(session => session.Amount > 0).ToArray();
        if (rests.Length > 0)
        {
            var most = rests.MaxBy(session => session.Amount);
            yield return $"{rests.Length} session(s) with calls that nobody acknowledged, {Sum(rests.Select(session => session.Amount))} base units, "
                + $"at most {most.Amount} in {most.Session}";
        }
    }

    private static IEnumerable<string> HostFees(ExportData data)
    {
        var closed = data.HostEpochs.Select(line => (line.Host, line.Epoch)).ToHashSet();
        var now = Serving.EpochAt(data.Network, data.Network.ExportedAt);
        var held = data.Receipts.Select(line => (line.Receipt.Host, Epoch: Serving.EpochAt(data.Network, line.Receipt.At), line.HostFee))
            .Where(line => !closed.Contains((line.Host, line.Epoch)));
        foreach (var epoch in held.GroupBy(line => line.Epoch).OrderBy(epoch => epoch.Key))
        {
            var hosts = epoch.Select(line => line.Host).Distinct().Count();
            yield return $"host epoch {epoch.Key}, which {(epoch.Key < now ? "is over" : "runs")}, not closed by {hosts} host(s), "
                + $"{Sum(epoch.Select(line => line.HostFee))} base units held";
        }
    }

    /// <summary>A policy withdraws what the account has and what pools owe it.</summary>
    private static IEnumerable<string> Policies(ExportData data)
    {
        var now = data.Network.ExportedAt;
        var due = new List<BigInteger>();
        foreach (var policy in data.CommandsOf<SettlementPolicy>().Select(command => command.Message)
            .GroupBy(message => (message.Account, message.Chain)).Select(messages => messages.Last()))
        {
            var account = AccountId.Person(policy.Account);
            var owed = data.Ledger.Pools.Values.Where(pool => pool.Members.ContainsKey(account))
                .Aggregate(BigInteger.Zero, (sum, pool) => sum + pool.Due(account));
            var available = data.Ledger.Available(account, AssetId.Gaib) + owed;
            var last = data.Transfers.LastOrDefault(t => t.Debit == account && t.Credit == AccountId.Settlement(policy.Chain))?.Time;
            if (now <= policy.ValidUntil && available >= policy.Threshold && (last is null || now >= (Int128)last.Value + policy.Period))
            {
                due.Add(available);
            }
        }

        if (due.Count > 0)
        {
            yield return $"{due.Count} policy withdrawal(s) due, {due.Aggregate(BigInteger.Add)} base units";
        }
    }

    private static IEnumerable<string> Roots(ExportData data)
    {
        foreach (var chain in data.Vouchers.GroupBy(voucher => voucher.Chain).OrderBy(chain => chain.Key))
        {
            var last = data.Roots.Where(root => root.Chain == chain.Key).Select(root => root.Epoch).DefaultIfEmpty().Max();
            var open = chain.Where(voucher => voucher.Epoch > last).ToArray();
            if (open.Length > 0)
            {
                yield return $"settlement epoch {last + 1} of chain {chain.Key} has no root yet, {open.Length} voucher(s) of "
                    + $"{open.Select(voucher => voucher.Account).Distinct().Count()} account(s) wait for it";
            }
        }
    }

    private static UInt128 Held(ExportData data, AccountId account) => (UInt128)data.Ledger.Available(account, AssetId.Gaib);

    private static UInt128 Sum(IEnumerable<UInt128> amounts) => amounts.Aggregate(UInt128.Zero, (sum, amount) => checked(sum + amount));
}
