using System.Globalization;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;
using Gaib.Domain;
using Gaib.Domain.Settlement;
using Gaib.Evm;
using static Gaib.Cli.Demo.DemoRunner;

namespace Gaib.Cli.Demo;

/// <summary>Day 7: contributors' grains withdraw by their owners' policies; vouchers and the root are checked as a contract would.</summary>
internal static class DemoSettlement
{
    public static async Task RunAsync(DemoRunner demo)
    {
        demo.View.Chapter("Settlement");
        await demo.StepAsync("settle", DemoScenario.At(7, 6), () => SettleAsync(demo));
        await demo.StepAsync("root", DemoScenario.At(7, 12), () => RootAsync(demo));
        await demo.StepAsync("end", DemoScenario.At(8), async () =>
            await demo.Grains.GetGrain<IMarketGrain>(DemoScenario.GpuClass).Advance());
    }

    private static async Task SettleAsync(DemoRunner demo)
    {
        var vouchers = 0;
        var genesis = demo.Scenario.Genesis;
        var domain = GaibDomains.Settlement(DemoScenario.ChainId, genesis.VerifyingContract);
        foreach (var person in demo.Scenario.People.Contributors.Concat(demo.Scenario.People.Hosts))
        {
            var grain = demo.Grains.Get<IContributorGrain>(person.Account);
            var settled = await grain.SettleIfDue(DemoScenario.ChainId);

            // Whoever settled before this step was cut short is not due again, but has a voucher all the same.
            var earlier = settled.Accepted ? [] : (await grain.GetEarnings()).Vouchers;
            if (!settled.Accepted && earlier.IsEmpty)
            {
                demo.View.Line($"{person.Name}: nothing to settle, because {settled.Rejection}");
                continue;
            }

            var signed = settled.Accepted ? settled.Value : earlier[^1];
            var digest = Eip712.Digest(domain, signed.Voucher);
            var signers = signed.Signatures.Count(signature =>
                EcdsaRecovery.TryRecover(digest, signature, out var signer) && genesis.Settlers.Contains(signer));
            vouchers += signers >= genesis.SettlerThreshold
                ? 1
                : throw new DemoException($"{person.Name}'s voucher has {signers} valid signatures.");
        }

        demo.View.Line(string.Create(
            CultureInfo.InvariantCulture, $"{vouchers} vouchers, each with {genesis.SettlerThreshold} of {genesis.Settlers.Length} settlers' signatures"));
    }

    private static async Task RootAsync(DemoRunner demo)
    {
        var settlement = demo.Grains.GetGrain<ISettlementGrain>((long)DemoScenario.ChainId);
        var root = await settlement.CloseEpoch(1);
        foreach (var slot in root.Slots)
        {
            var proof = (await settlement.GetProof(slot.Account))!;
            var leaf = SettlementTree.Leaf(slot.Account, demo.Scenario.Genesis.VerifyingContract, slot.Cumulative);
            if (!SettlementTree.Verify(root.Root, leaf, proof.Proof.AsSpan()))
            {
                throw new DemoException($"The proof of {slot.Account} does not lead to the root.");
            }
        }

        demo.View.Line(string.Create(CultureInfo.InvariantCulture, $"root {root.Root} over {root.Slots.Length} accounts, all proofs hold"));
    }
}
