using System.Numerics;
using CsCheck;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;
using Gaib.Verify.Revenue;

namespace Gaib.Verify.Tests.Revenue;

/// <summary>The verifier's fold beside the runtime's rule: two ways to write the same division.</summary>
public sealed class PoolFoldTests
{
    private enum Step
    {
        Feed,
        Issue,
        Move,
        Collect,
    }

    [Fact]
    public void Fold_RandomSteps_AgreesWithTheRuntimesRule()
    {
        var unallocated = 0;
        var steps = Gen.Select(Gen.Enum<Step>(), Gen.Byte[0, 4], Gen.Byte[0, 4], Gen.ULong[1, 1UL << 40]).Array[1, 60];
        steps.Sample(
            all =>
            {
                var (state, members) = (new PoolState(), new PoolMember[5]);
                var fold = new PoolFold(AssetId.Gaib);
                foreach (var (step, a, b, amount) in all)
                {
                    Apply(step, a, b, amount, ref state, members, fold);
                    Interlocked.Add(ref unallocated, state.Unallocated > 0 ? 1 : 0);
                }

                fold.SettleAll();
                return fold.Fed == state.Fed && fold.Acc == state.Acc && fold.Rem == state.Rem && fold.Unallocated == state.Unallocated
                    && fold.Weight == state.Weight && fold.Members.All(m => Same(m.Value, state, members[m.Key.Key.ToArray()[19] - 1]));
            },
            iter: Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 200_000 : 2_000,
            threads: 1);
        Assert.True(unallocated > 0);
    }

    private static void Apply(Step step, byte a, byte b, ulong amount, ref PoolState state, PoolMember[] members, PoolFold fold)
    {
        var (from, to) = (Some.Account((byte)(a + 1)), Some.Account((byte)(b + 1)));
        switch (step)
        {
            case Step.Feed:
                PoolRule.Feed(ref state, amount);
                fold.Feed(amount);
                break;
            case Step.Issue:
                PoolRule.SetWeight(ref state, ref members[b], members[b].Weight + amount);
                fold.Move(to, amount);
                break;
            case Step.Move when a != b && members[a].Weight > 0:
                var units = 1 + (amount % members[a].Weight);
                PoolRule.SetWeight(ref state, ref members[a], members[a].Weight - units);
                PoolRule.SetWeight(ref state, ref members[b], members[b].Weight + units);
                fold.Move(from, -(BigInteger)units);
                fold.Move(to, units);
                break;
            case Step.Collect when fold.Members.ContainsKey(to):
                PoolRule.Settle(state, ref members[b]);
                members[b].Collected = members[b].Accrued;
                fold.Collect(to);
                break;
        }
    }

    private static bool Same(PoolFold.Member found, PoolState state, PoolMember expected)
    {
        PoolRule.Settle(state, ref expected);
        return found.Weight == expected.Weight && found.Accrued == expected.Accrued && found.Fraction == expected.Fraction
            && found.PaidAcc == expected.PaidAcc && found.Collected == expected.Collected;
    }
}
