using System.Globalization;
using System.Text;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Models;
using Gaib.Domain.Models;
using Gaib.Domain.Money;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>All that an economy came to, as lines of text: two are equal exactly when nothing that matters differs.</summary>
internal static class EconomyText
{
    public static async Task<string> OfAsync(Economy economy)
    {
        var text = new StringBuilder();
        await BooksAsync(economy, text);
        await DataAsync(economy, text);
        await ComputeAsync(economy, text);
        await ModelsAsync(economy, text);
        await SettlementAsync(economy, text);
        return text.ToString();
    }

    private static async Task BooksAsync(Economy economy, StringBuilder text)
    {
        var book = economy.Cluster.Book;
        Line(text, $"audit {await book.Audit() ?? "holds"}, sequence {await book.GetSequence()}");
        var holders = ShareIssueRule.HolderPool(economy.ModelId);
        foreach (var asset in (AssetId[])[AssetId.Gaib, economy.Shares, AssetId.Of(holders)])
        {
            foreach (var kind in Enum.GetValues<AccountKind>())
            {
                foreach (var (account, balance) in await book.GetBalances(kind, asset))
                {
                    Line(text, $"{asset} {account} {balance}");
                }
            }
        }

        foreach (var id in new[] { economy.ModelId, holders })
        {
            var pool = await book.GetPool(AccountId.Of(AccountKind.Pool, id));
            Line(text, $"{pool.State}");
            foreach (var (member, state) in pool.Members)
            {
                Line(text, $"{member} {state}");
            }
        }
    }

    private static async Task DataAsync(Economy economy, StringBuilder text)
    {
        var job = (await economy.Job.Get())!;
        Line(text, $"job {job.Phase} {job.BeaconEpoch} {job.Header?.Hash()} {job.Valuation} {string.Join(' ', job.Datasets)}");
        for (var i = 0; i < Economy.ContributorCount; i++)
        {
            var dataset = (await economy.Dataset(i).Get())!.Dataset;
            Line(text, $"dataset {dataset.Phase} {dataset.Order} {dataset.CommittedAt} {dataset.Value}");
        }

        foreach (var epoch in await economy.Beacon.GetCommitments())
        {
            Line(text, $"{epoch.Epoch} {string.Join(' ', epoch.Commitments)}");
        }
    }

    private static async Task ComputeAsync(Economy economy, StringBuilder text)
    {
        var market = await economy.Market.Advance();
        Line(text, $"{market.Market.Rate} {string.Join(' ', market.Market.Asks.Values)} {string.Join(' ', market.Moves)}");
        foreach (var order in market.Market.Orders.Values)
        {
            foreach (var id in order.Leases)
            {
                var lease = (await economy.Cluster.Grains.Get<ILeaseGrain>(id).Get())!;
                Line(text, $"{lease.Terms} {lease.Remainders} {lease.Paid} {lease.Fee} {lease.Refunded} {lease.Forfeited} {lease.ClosedAt} {lease.EndReason}");
                Line(text, $"{string.Join(' ', lease.Rounds)}");
            }
        }

        for (var i = 0; i < economy.Hosts.Length; i++)
        {
            var gpu = (await economy.Gpu(i).Get())!;
            Line(text, $"gpu {gpu.Status} {gpu.Measured} {gpu.Evidence} {gpu.Lease}");
        }

        var run = (await economy.Run.Get())!;
        Line(text, $"run {run.Phase} {run.Head} {run.Weights} {string.Join(' ', run.Workers)}");
    }

    private static async Task ModelsAsync(Economy economy, StringBuilder text)
    {
        var model = (await economy.Model.Get())!.State;
        Line(text, $"model {model.Record.Hash()} {string.Join(' ', model.Issue!.People)} {string.Join(' ', model.Prices)}");
        var session = (await economy.Session.Get())!;
        Line(text, $"session {session.Phase} {session.Seq} {session.Fees} {session.Head} {session.Acknowledged?.Cumulative}");
        foreach (var call in await economy.Session.ReadServed(0, int.MaxValue))
        {
            Line(text, $"{call.Receipt.Hash} {call.Receipt}");
        }

        foreach (var host in economy.Hosts)
        {
            foreach (var epoch in await economy.Cluster.Grains.Get<IHostGrain>(host.Address).GetEpochs())
            {
                Line(text, $"{epoch.BeaconEpoch} {epoch.Verdict.Commitment} {string.Join(' ', epoch.Checks)} {string.Join(' ', epoch.Verdict.Payments)}");
            }
        }
    }

    private static async Task SettlementAsync(Economy economy, StringBuilder text)
    {
        foreach (var person in Enumerable.Range(0, Economy.ContributorCount).Select(Economy.Contributor).Concat(economy.Hosts))
        {
            var earnings = await economy.Person(person).GetEarnings();
            Line(text, $"{person.Address} {string.Join(' ', earnings.Pools)}");
            foreach (var voucher in earnings.Vouchers)
            {
                Line(text, $"{voucher.Voucher} {string.Join(' ', voucher.Signatures)}");
            }
        }
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
