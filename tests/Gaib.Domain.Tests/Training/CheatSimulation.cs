using Gaib.Domain.Compute;
using Gaib.Domain.Tests.Compute;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>
/// Cheating does not pay. The rules themselves draw, bill, release and forfeit; only the worker is made up. Saved work counts as worth
/// all of its pay, which is the most it can be: nobody works at a loss. So an honest round gains its pay and costs as much, a cheat
/// gains its pay for nothing, and being caught loses every unreleased round, worked for or not.
/// </summary>
/// <remarks>
/// The arithmetic: with chance q of a check and W rounds unreleased, a cheat gains (1 − q)·P − q·W·P. For q = 0.15 and W = 8 that is
/// −0.35·P. While less than W rounds are unreleased, q is raised to P / (P + unreleased) and the mean is 0.
/// </remarks>
public sealed class CheatSimulation(ITestOutputHelper output)
{
    private const int Rounds = 200;
    private const int Window = 8;
    private const uint CheckPpm = 150_000;
    private const int Rate = 1_000;
    private static readonly UInt128 Work = 10_000_000;
    private static readonly int Beacons = Campaign.Size(1_000, 20_000);

    [Fact]
    public void Cheat_InATenthOfTheRounds_HasANegativeMeanGain()
    {
        var played = Enumerable.Range(0, Beacons).Select(beacon => Play(beacon, Rounds, round => Chance("plan", beacon, round) < 0.1)).ToList();
        var gains = played.Select(row => row.Gain / (double)RoundPay).ToList();
        var mean = gains.Average();
        var error = Math.Sqrt(gains.Average(gain => (gain - mean) * (gain - mean)) / Beacons);
        var cheats = played.Sum(row => row.Cheats) / (double)played.Sum(row => row.Rounds);
        var drawn = played.Sum(row => row.Drawn) / (double)played.Sum(row => row.Rounds);
        output.WriteLine($"mean gain {mean:F3} ± {error:F3} rounds' pay over {Beacons} beacons; caught {played.Count(row => row.Caught)}");
        output.WriteLine($"cheated in {cheats:P1}, checked in {drawn:P1} of the rounds played");
        Assert.InRange(cheats, 0.09, 0.11);
        Assert.InRange(drawn, 0.15, 0.20);
        Assert.True(mean + (3 * error) < 0);
    }

    [Fact]
    public void Check_Honest_IsDrawnInLessThanAFifthOfTheRoundsAndLosesNothing()
    {
        var played = Enumerable.Range(0, Beacons / 10).Select(beacon => Play(beacon, Rounds, _ => false)).ToList();
        var share = played.Sum(row => row.Drawn) / (double)played.Sum(row => row.Rounds);
        output.WriteLine($"drawn in {share:P2} of {Rounds} rounds over {played.Count} beacons");
        Assert.InRange(share, 0.14, 0.20);
        Assert.All(played, row => Assert.Equal((0, false), (row.Gain, row.Caught)));
        Assert.All(played, row => Assert.Equal(RoundPay * Rounds, row.Paid));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(20, 180)]
    public void Cheat_AtAChosenTime_HasNoPositiveMeanGain(int from, int count)
    {
        var gains = Enumerable.Range(0, Beacons)
            .Select(beacon => Play(beacon, Math.Min(Rounds, from + count + 1), round => round >= from && round < from + count).Gain / (double)RoundPay).ToList();
        var mean = gains.Average();
        var error = Math.Sqrt(gains.Average(gain => (gain - mean) * (gain - mean)) / Beacons);
        output.WriteLine($"from round {from}, {count} rounds: mean gain {mean:F3} ± {error:F3} rounds' pay");
        Assert.True(mean - (3 * error) <= 0);
    }

    [Fact]
    public void Run_OneWorkerCheatsInATenth_ExactlyTheDrawnCheatsAreCaught()
    {
        var (drawn, undrawn) = (0, 0);
        for (var seed = 0; seed < Campaign.Size(12, 1_000); seed++)
        {
            var scenario = Enumerable.Range(0, 40).Where(round => Chance("plan", seed, round) < 0.1)
                .Aggregate(RunScenario.Honest(4, 40, 0) with { Seed = seed }, (all, round) => all.With(2, round, Misdeed.Cheat));
            var driver = new RunDriver(scenario, order: seed, Window).ToEnd();
            foreach (var round in driver.Run.Closed)
            {
                var cheats = scenario.Does(Sample.Hash("gpu", 2), round.Round) is not null && round.Slots.Any(row => row.Slot == 2);
                var isDrawn = round.Draw.Checks.Any(check => check.Slot == 2);
                drawn += cheats && isDrawn ? 1 : 0;
                undrawn += cheats && !isDrawn ? 1 : 0;
                Assert.All(round.Slots, row => Assert.Equal(cheats && isDrawn && row.Slot == 2 ? Reason.WorkWrong : Reason.None, row.Leaves));
            }
        }

        Assert.True(drawn > 0 && undrawn > 0, $"{drawn} drawn, {undrawn} not");
    }

    /// <summary>What the host gets for an honest round, base units: 10,000 verified milliseconds at the rate, less 2 % fee.</summary>
    private static UInt128 RoundPay => 9_800;

    private static Played Play(int beacon, int rounds, Predicate<int> cheats)
    {
        var lease = Lease.Open(Sample.Terms(10_000_000, 20_000, Window));
        var (cost, cheated, drawn, round) = (UInt128.Zero, 0, 0, 0);
        for (; round < rounds && lease.ClosedAt is null; round++)
        {
            Sample.Send(ref lease, new StartLeaseRound(Sample.Hash("run"), round, Rate, Work));
            var pay = LeaseBilling.Bill(lease.Terms, lease.Remainders, Work, Rate).Pay;
            var terms = new RoundTerms(0, Rate, pay, lease.Unreleased);
            var isDrawn = CheckDraw.IsDrawn(Sample.Hash("run", beacon), round, Sample.Hash("beacon", (beacon * Rounds) + round), CheckPpm, terms);
            drawn += isDrawn ? 1 : 0;
            cheated += cheats(round) ? 1 : 0;
            cost += cheats(round) ? 0 : RoundPay;
            LeaseCommand next = cheats(round) && isDrawn
                ? new CatchHost(round, Reason.WorkWrong)
                : new BillLeaseRound(round, Work, Sample.Hash("cause", round));
            Sample.Send(ref lease, next);
        }

        var caught = lease.ClosedAt is not null;
        if (!caught)
        {
            Sample.Send(ref lease, new CloseLease(Reason.None));
        }

        return new Played((long)(Int128)lease.Paid - (long)(Int128)cost, lease.Paid, caught, cheated, drawn, round);
    }

    private static double Chance(string what, int beacon, int round) =>
        Sample.Hash(what, (beacon * Rounds) + round).Prefix64 / (double)ulong.MaxValue;

    private sealed record Played(long Gain, UInt128 Paid, bool Caught, int Cheats, int Drawn, int Rounds);
}
