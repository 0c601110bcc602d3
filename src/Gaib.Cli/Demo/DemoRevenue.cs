using System.Collections.Immutable;
using System.Globalization;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Revenue;
using Gaib.Client.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using static Gaib.Cli.Demo.DemoRunner;

namespace Gaib.Cli.Demo;

/// <summary>Days 5 to 7: shares are issued, an app buys inferences, revenue reaches everybody upstream.</summary>
internal static class DemoRevenue
{
    public static async Task RunAsync(DemoRunner demo)
    {
        demo.View.Chapter("Model");
        await demo.StepAsync("issue", DemoScenario.At(5, 12), () => IssueAsync(demo));
        await demo.StepAsync("price", DemoScenario.At(5, 13), () => PriceAsync(demo));

        demo.View.Chapter("Inference");
        var half = (demo.Scenario.SingleCalls + demo.Scenario.BatchCalls) / 2;
        await demo.StepAsync("buy, first half", DemoScenario.At(6), () => BuyAsync(demo, 0, half));
        await demo.StepAsync("trade", DemoScenario.At(6, 6), () => TradeAsync(demo));
        await demo.StepAsync("buy, second half", DemoScenario.At(6, 12), () => BuyAsync(demo, half, 2 * half));
        await demo.StepAsync("close session", DemoScenario.At(6, 18), () => CloseAsync(demo));
        await demo.StepAsync("notices", DemoScenario.At(6, 19), () => NoticesAsync(demo));
        await demo.StepAsync("host epochs", DemoScenario.At(7), () => CloseEpochsAsync(demo));
    }

    private static async Task IssueAsync(DemoRunner demo)
    {
        var model = Accept(await demo.Grains.Get<IModelGrain>(demo.Model).IssueFromRun(demo.Run), "the issue");
        foreach (var group in model.State.Issue!.People.GroupBy(row => row.Class))
        {
            demo.View.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Sum(row => (long)row.Units):N0} shares for {group.Key.ToString().ToLowerInvariant()}: {group.Count()} owner(s)"));
        }

        foreach (var pool in model.State.Issue.Pools)
        {
            demo.View.Line(string.Create(CultureInfo.InvariantCulture, $"{pool.Units:N0} shares for those who staked"));
        }
    }

    private static async Task PriceAsync(DemoRunner demo)
    {
        var developer = demo.Scenario.People.Developer;
        var price = new SetPrice(developer.Account, demo.Model, DemoScenario.UnitPrice, DemoScenario.HostUnitFee, 3, Deadline);
        Accept(await demo.Grains.Get<IModelGrain>(demo.Model).SetPrice(demo.Client.Sign(price, developer.Key)), "the price");
        demo.View.Line($"one inference costs {Coins(DemoScenario.UnitPrice)} GAIB");
    }

    /// <summary>Buys calls first…last: single rows, and at the end of each half batches. Those that were answered before are not asked again.</summary>
    private static async Task BuyAsync(DemoRunner demo, int first, int last)
    {
        var app = demo.Scenario.People.App;
        var open = new OpenSession(
            app.Account,
            demo.Model,
            demo.Scenario.People.SessionKey.Address,
            DemoScenario.SessionCap,
            DemoScenario.SessionWindow,
            DemoScenario.At(300),
            1,
            Deadline);
        var session = Accept(
            await SessionHandle.OpenAsync(demo.Client, open, app.Key, demo.Scenario.People.SessionKey), "the session");
        var rows = demo.Data.Split.Test.Samples;
        var answered = int.Clamp((int)session.Calls, first, last);
        if (answered > first)
        {
            demo.View.Line($"resumed: calls {first + 1} to {answered} already answered");
        }

        await demo.View.ProgressAsync($"calls {first + 1} to {last}", last - first, async report =>
        {
            for (var call = answered; call < last; call++)
            {
                var count = IsBatch(demo.Scenario, call) ? DemoScenario.BatchRows : 1;
                var input = Enumerable.Range(0, count).SelectMany(i => rows[((call * 7) + i) % rows.Length].Features);
                Accept(await session.InferAsync([.. input], (uint)count), $"call {call + 1}");
                report(call + 1 - first);
            }
        });
        if (await session.AcknowledgeAsync() is { } refused)
        {
            throw new DemoException($"the acknowledgement was refused: {refused}");
        }

        demo.View.Line($"spent so far: {Coins(session.Spent)} GAIB");
    }

    /// <summary>Batches are spread evenly among the single calls.</summary>
    private static bool IsBatch(DemoScenario scenario, int call)
    {
        var total = scenario.SingleCalls + scenario.BatchCalls;
        return (long)(call + 1) * scenario.BatchCalls / total > (long)call * scenario.BatchCalls / total;
    }

    private static async Task TradeAsync(DemoRunner demo)
    {
        var (developer, investor) = (demo.Scenario.People.Developer, demo.Scenario.People.Investor);
        var shares = AssetId.Of(demo.Model);

        // By the issue and not by the balance, which this very step changes.
        var issued = (await demo.Grains.Get<IModelGrain>(demo.Model).Get())!.State.Issue!.UnitsByAccount();
        var seller = demo.Scenario.People.Contributors.First(
            person => person.Role == DemoRole.Honest && issued.GetValueOrDefault(person.Account) >= 4);
        Pay[] payments =
        [
            new(developer.Account, investor.Account, shares.Value, 50_000_000, 4, Deadline),
            new(seller.Account, investor.Account, shares.Value, issued[seller.Account] / 4, 4, Deadline),
            new(investor.Account, developer.Account, 0, 20_000_000_000, 4, Deadline),
            new(investor.Account, seller.Account, 0, 2_000_000_000, 5, Deadline),
        ];
        foreach (var payment in payments)
        {
            var payer = payment.Account == developer.Account ? developer : payment.Account == seller.Account ? seller : investor;
            Accept(await demo.Grains.Get<IAccountGrain>(payment.Account).Pay(demo.Client.Sign(payment, payer.Key)), "a payment");
        }

        demo.View.Line($"the investor buys shares of the developer and of {seller.Name}");
    }

    private static async Task CloseAsync(DemoRunner demo)
    {
        var app = demo.Scenario.People.App;
        var close = new CloseSession(app.Account, demo.Session, 2, Deadline);
        Accept(await demo.Grains.Get<ISessionGrain>(demo.Session).Close(demo.Client.Sign(close, app.Key)), "closing the session");
    }

    /// <summary>
    /// Every member's grain hears its total: by a notice, or by the next one if a notice was lost. Only that is shown; what anybody has
    /// earned is the books' to say.
    /// </summary>
    private static async Task NoticesAsync(DemoRunner demo)
    {
        var pool = demo.Grains.Get<IPoolGrain>(demo.Model);
        var members = (await pool.Get()).Members.Where(member => member.Key.Kind == AccountKind.Person).ToArray();
        await DemoNotices.AwaitAsync(HeardAsync, members.Length, TimeProvider.System, static pause => Task.Delay(pause));
        demo.View.Line($"{members.Length} of {members.Length} shareholders' grains heard of their revenue by stream");

        async Task<int> HeardAsync()
        {
            await pool.Publish();
            var heard = 0;
            foreach (var (member, state) in members)
            {
                var earnings = await demo.Grains.Get<IContributorGrain>(member.Key).GetEarnings();
                heard += earnings.Noticed.GetValueOrDefault(AccountId.Of(AccountKind.Pool, demo.Model)) == state.Accrued ? 1 : 0;
            }

            return heard;
        }
    }

    private static async Task CloseEpochsAsync(DemoRunner demo)
    {
        foreach (var host in demo.Scenario.People.Hosts)
        {
            var closed = Accept(await demo.Grains.Get<IHostGrain>(host.Account).CloseEpoch(6), $"{host.Name}'s epoch");
            if (closed.Verdict.Commitment.Count > 0)
            {
                demo.View.Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{host.Name} answered {closed.Verdict.Commitment.Count} calls; {closed.Checks.Length} were executed again elsewhere, {closed.Verdict.Wrong.Length} wrong"));
            }
        }
    }
}
