using System.Globalization;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Domain.Settlement;
using static Gaib.Cli.Demo.DemoRunner;

namespace Gaib.Cli.Demo;

/// <summary>Days 0 and 1: people, a job, contributions, their value at the door.</summary>
internal static class DemoContributions
{
    public static async Task RunAsync(DemoRunner demo)
    {
        var people = demo.Scenario.People;
        demo.View.Chapter("People");
        demo.View.Line("a developer, an app, an investor, four GPU hosts, twelve contributors");
        await demo.StepAsync("stake", DemoScenario.At(0, 1), () => StakeAsync(demo));
        await demo.StepAsync("policies", DemoScenario.At(0, 2), () => PoliciesAsync(demo));

        demo.View.Chapter("Data");
        await demo.StepAsync("job", DemoScenario.At(0, 3), () => PostAsync(demo));
        var hour = 4.0;
        foreach (var person in people.InOrderOfCommitment())
        {
            await demo.StepAsync("contribute " + person.Name, DemoScenario.At(0, hour), () => ContributeAsync(demo, person));
            hour += 0.5;
        }

        await demo.StepAsync("value", DemoScenario.At(1), () => ValueAsync(demo));
    }

    private static async Task StakeAsync(DemoRunner demo)
    {
        var investor = demo.Scenario.People.Investor;
        var stake = new Stake(investor.Account, DemoScenario.StakeAmount, 1, Deadline);
        Accept(await demo.Grains.Get<IAccountGrain>(investor.Account).Stake(demo.Client.Sign(stake, investor.Key)), "the stake");
        demo.View.Line($"the investor stakes {Coins(DemoScenario.StakeAmount)} GAIB");
    }

    private static async Task PoliciesAsync(DemoRunner demo)
    {
        foreach (var person in demo.Scenario.People.Contributors.Concat(demo.Scenario.People.Hosts))
        {
            var policy = new SettlementPolicy(
                person.Account,
                DemoScenario.ChainId,
                DemoScenario.SettlementThreshold,
                (ulong)DemoScenario.Day,
                DemoScenario.At(365),
                Nonce: 100,
                Deadline);
            var signed = demo.Client.Sign(policy, person.Key);
            Accept(await demo.Grains.Get<IContributorGrain>(person.Account).SetPolicy(signed), $"{person.Name}'s policy");
        }

        demo.View.Line("contributors and hosts sign how their earnings are to be settled");
    }

    private static async Task PostAsync(DemoRunner demo)
    {
        var (scenario, developer) = (demo.Scenario, demo.Scenario.People.Developer);
        HeldBackPart[] parts = [demo.Data.Split.Door, demo.Data.Split.Round, demo.Data.Split.Test];
        var terms = new JobTerms(
            scenario.Settings,
            DataShape.Digits,
            AttributionEvery: 1,
            (int)scenario.Genesis.Parameters.ValuationK,
            (int)scenario.Genesis.Parameters.ValuationR,
            DemoScenario.BountyPrice,
            DemoScenario.At(1),
            [.. parts.Select(HeldBackCommitment.Of)]);
        var post = new PostJob(developer.Account, terms.Hash(), DemoScenario.BountyBudget, 1, Deadline);
        Accept(await demo.Grains.Get<IJobGrain>(demo.Job).Post(demo.Client.Sign(post, developer.Key), terms, [.. parts]), "the job");
        demo.View.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"the developer posts a job: digits, {parts[0].Samples.Length} door, {parts[1].Samples.Length} round and {parts[2].Samples.Length} test samples held back and committed"));
    }

    private static async Task ContributeAsync(DemoRunner demo, DemoPerson person)
    {
        var chunks = demo.Data.ChunksOf(person, demo.Scenario);
        var leaves = chunks.Select(chunk => chunk.Leaf()).ToArray();
        var manifest = new Manifest(
            person.Account,
            demo.Job,
            MerkleTree.Root(leaves),
            (ulong)chunks.Length,
            chunks.Aggregate(0UL, (sum, chunk) => sum + (ulong)chunk.Bytes.Length),
            "CC-BY-4.0",
            DemoScenario.At(365),
            Nonce: 1,
            Deadline);
        var dataset = Ids.Derive(demo.Network, "dataset", person.Account, manifest.Nonce);
        var committed = await demo.Grains.Get<IDatasetGrain>(dataset).Commit(demo.Client.Sign(manifest, person.Key), chunks);
        Accept(committed, $"{person.Name}'s contribution");
        demo.View.Line(string.Create(CultureInfo.InvariantCulture, $"{person.Name} commits {chunks.Length} samples"));
    }

    private static async Task ValueAsync(DemoRunner demo)
    {
        Accept(await demo.Grains.Get<IJobGrain>(demo.Job).Value(), "the valuation");
        foreach (var person in demo.Scenario.People.InOrderOfCommitment())
        {
            var dataset = Ids.Derive(demo.Network, "dataset", person.Account, 1);
            var value = (await demo.Grains.Get<IDatasetGrain>(dataset).Get())!.Dataset.Value!;
            demo.View.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{person.Name}: {value.Admitted} of {demo.Data.Of(person).Length} samples admitted, bounty {Coins(value.Bounty)} GAIB"));
        }
    }
}
