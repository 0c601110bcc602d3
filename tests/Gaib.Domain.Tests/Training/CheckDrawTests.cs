using System.Numerics;

using CsCheck;

using Gaib.Domain.Tests.Compute;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>The draw: never above a fifth once there is enough at stake, and never a gain for who cheats.</summary>
public sealed class CheckDrawTests
{
    private static readonly Hash32 Run = Sample.Hash("run");

    [Theory]
    [InlineData(150_000, 100, 800, 0.15)]
    [InlineData(200_000, 100, 1_000_000, 0.2)]
    [InlineData(150_000, 100, 300, 0.25)]
    [InlineData(150_000, 100, 100, 0.5)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(150_000, 100, 0, 1)]
    public void IsDrawn_Terms_HasTheChanceOfTheRule(uint ppm, int pay, int unreleased, double chance)
    {
        const int Trials = 20_000;
        var terms = new RoundTerms(3, 1, (UInt128)pay, (UInt128)unreleased);
        var drawn = Enumerable.Range(0, Trials).Count(i => CheckDraw.IsDrawn(Run, 7, Sample.Hash("beacon", i), ppm, terms));
        var deviation = Math.Sqrt(chance * (1 - chance) / Trials);
        Assert.InRange((double)drawn / Trials, chance - (4 * deviation), chance + (4 * deviation));
    }

    [Fact]
    public void MeanGain_AnyPayAndStake_IsNeverAboveZero() =>
        Gen.Select(Gen.UInt[0, 200_000], Gen.ULong[1, 1UL << 60], Gen.ULong[0, 1UL << 60]).Sample((ppm, pay, unreleased) =>
        {
            // The chance as the rule has it, q = max(ppm / 10^6, pay / (pay + unreleased)), over a common denominator.
            var (stake, million) = ((BigInteger)pay + unreleased, new BigInteger(1_000_000));
            var chance = BigInteger.Max(ppm * stake, pay * million);
            var whole = stake * million;
            Assert.True(((whole - chance) * pay) - (chance * unreleased) <= 0);
        });

    [Theory]
    [InlineData(150_000, 6)]
    [InlineData(200_000, 5)]
    [InlineData(125_000, 8)]
    public void WindowLeast_Ppm_IsTheFirstWithANegativeMean(uint ppm, int window)
    {
        Assert.Equal(window, CheckDraw.WindowLeast(ppm));
        Assert.True((long)ppm * (1 + window) > 1_000_000 && (long)ppm * window <= 1_000_000);
    }

    [Fact]
    public void Draw_SameDeltaTwice_ChecksBothWhateverTheBeacon()
    {
        var workers = Enumerable.Range(0, 5).Select(i => new DrawnWorker(
            new RoundTerms(i, 1, 0, 100), Sample.Account("host", i), Sample.Hash("delta", i == 4 ? 1 : i), true)).ToList();
        var draw = CheckDraw.Draw(Run, 3, Sample.Hash("beacon"), false, 0, workers);
        Assert.Equal([1, 4], draw.Checks.Select(check => check.Slot));
        Assert.Empty(CheckDraw.Draw(Run, 3, Sample.Hash("beacon"), true, 0, workers).Checks);
    }

    [Fact]
    public void Draw_OwnersWithSeveralSlots_AsksOneSlotOfEachOtherOwner()
    {
        var workers = Enumerable.Range(0, 6).Select(i => new DrawnWorker(
            new RoundTerms(i, 1, 1, 0), Sample.Account("host", i / 2), Sample.Hash("delta", i), i != 5)).ToList();
        var draw = CheckDraw.Draw(Run, 3, Sample.Hash("beacon"), false, 0, workers);
        Assert.Equal([0, 1, 2, 3, 4], draw.Candidates);
        Assert.Equal([0, 1, 2], draw.Reporters.Select(slot => slot / 2).Order());
        Assert.Equal(6, draw.Checks.Length);
        Assert.All(draw.Checks, check => Assert.Equal(
            Enumerable.Range(0, 3).Where(owner => owner != check.Slot / 2), check.Checkers.Select(slot => slot / 2).Order()));
        Assert.DoesNotContain(5, draw.Checks.SelectMany(check => check.Checkers));
    }
}
