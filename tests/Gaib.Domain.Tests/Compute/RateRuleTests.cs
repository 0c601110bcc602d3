using CsCheck;

using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>The adaptive rate, beside a fold of its formulas in big integers and beside its published behaviour.</summary>
public sealed class RateRuleTests
{
    private static readonly GpuClass Wide = Sample.Class with { MaxRateAtTarget = GpuClass.RateAtTargetLimit - 1 };

    [Fact]
    public void Advance_FullUtilisation_DoublesIn5Point06Days()
    {
        var state = RateRule.WithCapacity(RateRule.Start(Wide, Sample.Start), 4, 4);
        var ticks = 0;
        while (state.RateAtTarget < 2 * Wide.InitialRateAtTarget)
        {
            ticks++;
            state = RateRule.Advance(Wide, state, Sample.Start + (ticks * RateRule.TickMs));
        }

        // 5.06 d ± 0.1 % in ticks of a minute.
        Assert.InRange(ticks, 5.06 * 0.999 * 1_440, 5.06 * 1.001 * 1_440);
        Assert.Equal(7_287, ticks);
    }

    [Fact]
    public void Advance_NothingOffered_LeavesTheRate()
    {
        var start = RateRule.Start(Wide, Sample.Start);
        var later = RateRule.Advance(Wide, start, Sample.Start + (1_000_000 * RateRule.TickMs) + 17);
        Assert.Equal(start with { At = Sample.Start + (1_000_000 * RateRule.TickMs) + 17 }, later);
        Assert.Equal(1_000u, later.Rate);
    }

    [Theory]
    [InlineData(0UL, -4_294_967_296L)]
    [InlineData(3_865_470_566UL, 0L)]
    [InlineData(4_294_967_296UL, 4_294_967_296L)]
    [InlineData(3_865_470_567UL, 9L)]
    [InlineData(3_865_470_565UL, -1L)]
    public void ErrorOf_Utilisation_IsThatOfTheFormula(ulong utilisation, long error) =>
        Assert.Equal(error, RateRule.ErrorOf(utilisation));

    [Fact]
    public void RateOf_ErrorOfBothEnds_IsAQuarterAndFourTimes()
    {
        var rateAtTarget = (UInt128)1_000 << 32;
        Assert.Equal(250u, RateRule.RateOf(rateAtTarget, -1L << 32));
        Assert.Equal(1_000u, RateRule.RateOf(rateAtTarget, 0));
        Assert.Equal(4_000u, RateRule.RateOf(rateAtTarget, 1L << 32));
    }

    [Fact]
    public void RateOf_Error_IsMonotone() =>
        Gen.Select(Gen.Long[-1L << 32, 1L << 32], Gen.Long[-1L << 32, 1L << 32], Gen.ULong)
            .Sample((a, b, rate) =>
                RateRule.RateOf((UInt128)rate << 16, Math.Min(a, b)) <= RateRule.RateOf((UInt128)rate << 16, Math.Max(a, b))
                && RateRule.Move(Wide, ((UInt128)rate << 16) + Wide.MinRateAtTarget, Math.Min(a, b))
                    <= RateRule.Move(Wide, ((UInt128)rate << 16) + Wide.MinRateAtTarget, Math.Max(a, b)));

    [Fact]
    public void Advance_AYearAtEitherEnd_StaysAtTheBounds()
    {
        var narrow = Sample.Class with { MinRateAtTarget = (UInt128)900 << 32, MaxRateAtTarget = (UInt128)1_100 << 32 };
        var year = Sample.Start + (525_600 * RateRule.TickMs);
        var busy = RateRule.Advance(narrow, RateRule.WithCapacity(RateRule.Start(narrow, Sample.Start), 3, 3), year);
        var idle = RateRule.Advance(narrow, RateRule.WithCapacity(RateRule.Start(narrow, Sample.Start), 3, 0), year);
        Assert.Equal(narrow.MaxRateAtTarget, busy.RateAtTarget);
        Assert.Equal(4_400u, busy.Rate);
        Assert.Equal(narrow.MinRateAtTarget, idle.RateAtTarget);
        Assert.Equal(225u, idle.Rate);
    }

    [Fact]
    public void Advance_LargestRateAllowed_DoesNotOverflow()
    {
        var state = RateRule.Start(Wide, 0) with { RateAtTarget = Wide.MaxRateAtTarget };
        var later = RateRule.Advance(Wide, RateRule.WithCapacity(state, 1, 1), RateRule.TickMs);
        Assert.Equal(Wide.MaxRateAtTarget, later.RateAtTarget);
        Assert.Equal(((UInt128)1 << 60) - 1, later.Rate);
    }

    [Fact]
    public void Advance_CapacityChangesInsideATick_CountsMilliseconds()
    {
        // 2 of 2 for 15 s, then 2 of 4 for 45 s: 120,000 of 210,000 capacity-milliseconds.
        var state = RateRule.WithCapacity(RateRule.Start(Wide, Sample.Start), 2, 2);
        state = RateRule.WithCapacity(RateRule.Advance(Wide, state, Sample.Start + 15_000), 4, 2);
        state = RateRule.Advance(Wide, state, Sample.Start + 60_000);
        Assert.Equal((120_000UL << 32) / 210_000UL, state.Utilisation);
    }

    [Fact]
    public void Advance_AnyPath_EqualsBigIntegersTickByTick()
    {
        var (many, idle, full) = (0, 0, 0);
        var step = Gen.Select(Gen.Int[0, 400_000], Gen.UInt[0, 9], Gen.UInt[0, 9]);
        Gen.Select(Gen.Long[0, 200_000], step.List[1, 12]).Sample((start, steps) =>
        {
            var state = RateRule.Start(Sample.Class, start);
            var reference = new RateReference(Sample.Class, start);
            foreach (var (wait, free, leased) in steps)
            {
                var now = state.At + wait;
                state = RateRule.WithCapacity(RateRule.Advance(Sample.Class, state, now), free + leased, leased);
                reference.Advance(now);
                reference.SetCapacity(free + leased, leased);
                many += wait > 120_000 ? 1 : 0;
                idle += free + leased == 0 ? 1 : 0;
                full += free == 0 && leased > 0 ? 1 : 0;
                Assert.Equal(reference.RateAtTarget, (System.Numerics.BigInteger)state.RateAtTarget);
                Assert.Equal(reference.Rate, (System.Numerics.BigInteger)state.Rate);
            }
        }, iter: Campaign.Size(2_000, 50_000), threads: 1);
        Assert.True(many > 100 && idle > 20 && full > 100, $"{many} folds, {idle} idle, {full} full");
    }

    [Fact]
    public void Advance_FoldedAtOnce_EqualsOneByOne() =>
        Gen.Select(Gen.Long[0, 100_000], Gen.UInt[0, 5], Gen.UInt[0, 5], Gen.Long[0, 3_000_000], Gen.Int[1, 9]).Sample((start, free, leased, span, cuts) =>
        {
            var state = RateRule.WithCapacity(RateRule.Start(Sample.Class, start), free + leased, leased);
            var once = RateRule.Advance(Sample.Class, state, start + span);
            var many = state;
            for (var cut = 1; cut <= cuts; cut++)
            {
                many = RateRule.Advance(Sample.Class, many, start + (span * cut / cuts));
            }

            Assert.Equal(once, many);
        });

    [Fact]
    public void Ticks_StepsOfAMarket_GiveItsRate()
    {
        CapacityStep[] steps = [new(Sample.Start, 4, 4), new(Sample.Start + 130_000, 4, 1), new(Sample.Start + 600_500, 0, 0)];
        var ticks = RateRule.Ticks(Sample.Class, Sample.Start, steps, Sample.Start + 900_000).ToList();
        var state = RateRule.Start(Sample.Class, Sample.Start);
        foreach (var step in steps)
        {
            state = RateRule.WithCapacity(RateRule.Advance(Sample.Class, state, step.At), step.Offered, step.Leased);
        }

        state = RateRule.Advance(Sample.Class, state, Sample.Start + 900_000);
        Assert.Equal(15, ticks.Count);
        Assert.Equal(1UL << 32, ticks[0].Utilisation);
        Assert.Equal(new RateTick(Sample.Start + 900_000, 0, state.RateAtTarget, state.Rate), ticks[^1]);
    }
}
