using System.Globalization;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Domain.Money;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>A step of the script: a name, a day of logical time, and what is done. Each may be done again.</summary>
internal sealed record EconomyStep(string Name, double Day, Func<Economy, Task> DoAsync);

/// <summary>The whole economy once around, as the demo goes round it, on little data.</summary>
internal static class EconomyScript
{
    public static IReadOnlyList<EconomyStep> Steps(Economy economy)
    {
        var steps = new List<EconomyStep> { new("stake", 0.1, e => e.StakeAsync()) };
        foreach (var person in People(economy))
        {
            steps.Add(new("policy", 0.2, async e => Must(await e.Person(person).SetPolicy(e.PolicyOf(person)))));
        }

        steps.Add(new("job", 0.3, e => e.PostJobAsync()));
        steps.AddRange(Enumerable.Range(0, ContributorCount).Select(i => new EconomyStep(Numbered("contribute", i), 0.4 + (0.1 * i), e => e.ContributeAsync(i))));
        steps.Add(new("value", 1, async e => Must(await e.Job.Value())));
        steps.AddRange(Enumerable.Range(0, economy.Hosts.Length).Select(i => new EconomyStep(Numbered("attach", i), 1.1, e => e.AttachAsync(i))));
        steps.Add(new("ask", 1.2, e => e.OfferAllAsync()));
        steps.Add(new("order", 1.3, e => e.OrderAsync()));
        steps.Add(new("run", 1.3, e => e.CreateRunAsync()));
        steps.AddRange(Enumerable.Range(0, economy.Rounds).Select(r =>
            new EconomyStep(Numbered("round", r), 1.4 + (0.1 * r), async e => Must(await e.Run.AdvanceTo(r + 1)))));
        steps.Add(new("finish", 2, async e => Must(await e.Run.Finish())));
        steps.Add(new("issue", 2.1, async e => Must(await e.Model.IssueFromRun(e.RunId))));
        steps.Add(new("price", 2.2, e => e.PriceAsync(UnitPrice, HostUnitFee, 3)));
        steps.Add(new("open", 3, e => e.OpenAsync()));
        steps.AddRange(Sell(1, 4, 3.1));
        steps.Add(new("trade", 3.2, TradeAsync));
        steps.AddRange(Sell(5, 8, 3.3));
        steps.Add(new("close", 3.4, e => e.CloseSessionAsync()));
        steps.AddRange(Enumerable.Range(0, economy.Hosts.Length).Select(i => new EconomyStep(Numbered("epoch", i), 4, async e =>
            Must(await e.Cluster.Grains.Get<IHostGrain>(e.Hosts[i].Address).CloseEpoch(3)))));
        foreach (var person in People(economy))
        {
            steps.Add(new("settle", 4.1, e => SettleAsync(e, person)));
        }

        return steps;
    }

    public static async Task RunAsync(Economy economy)
    {
        foreach (var step in Steps(economy))
        {
            economy.At(step.Day);
            await step.DoAsync(economy);
        }
    }

    private static IEnumerable<Evm.PrivateKey> People(Economy economy) =>
        Enumerable.Range(0, ContributorCount).Select(Contributor).Concat(economy.Hosts);

    private static IEnumerable<EconomyStep> Sell(int first, int last, double day) =>
        Enumerable.Range(first, last - first + 1)
            .Select(call => new EconomyStep(Numbered("call", call), day, e => BuyAsync(e, (ulong)call)))
            .Append(new("acknowledge", day, e => e.AcknowledgeAsync()));

    /// <summary>A call that was answered is asked again only while it is the last one; the book of a caller begins after it.</summary>
    private static async Task BuyAsync(Economy economy, ulong call)
    {
        if ((await economy.Session.Get())!.Seq < call)
        {
            await economy.InferAsync(call);
        }
    }

    private static async Task TradeAsync(Economy economy)
    {
        await economy.PayAsync(economy.Developer, economy.Investor, economy.Shares, 50_000_000, 4);
        await economy.PayAsync(Contributor(0), economy.Investor, economy.Shares, 1_000_000, 4);
        await economy.PayAsync(economy.Investor, economy.Developer, AssetId.Gaib, 20, 5);
    }

    /// <summary>A settlement that was made before its answer was lost is not due again: the voucher is the last one.</summary>
    private static async Task SettleAsync(Economy economy, Evm.PrivateKey person)
    {
        var settled = await economy.Person(person).SettleIfDue(TestNetwork.ChainId);
        if (!settled.Accepted && (await economy.Person(person).GetEarnings()).Vouchers.IsEmpty)
        {
            throw new RefusedException(settled.Rejection);
        }
    }

    private static string Numbered(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name} {number}");
}
