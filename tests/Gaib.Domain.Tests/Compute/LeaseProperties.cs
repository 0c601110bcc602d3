using System.Numerics;

using CsCheck;

using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>What holds of a lease after any commands, and that an outsider recomputes every payment.</summary>
public sealed class LeaseProperties
{
    private static readonly Gen<(int Kind, int Rate, int Work, int Most)> Step =
        Gen.Select(
            Gen.Frequency((20, Gen.Int[0, 7]), (1, Gen.Int[8, 10])),
            Gen.Frequency((40, Gen.Int[10, 90]), (1, Gen.Int[1, 9])),
            Gen.Int[0, 900_000],
            Gen.Int[0, 100_000]);

    private static readonly Gen<LeaseTerms> Terms =
        Gen.Select(
                Gen.Frequency((1, Gen.Int[0, 800]), (1, Gen.Int[800, 400_000])), Gen.UInt[0, 1_000_000], Gen.Int[0, 9], Gen.ULong[1, 3_000])
            .Select((cap, ppm, window, macs) => Sample.Terms((UInt128)cap, ppm, window, macs) with { Ceiling = 88 });

    [Fact]
    public void Decide_AnyCommands_ConservesTheCapAndPaysWhatTheTrailSays()
    {
        var ends = new HashSet<Reason>();
        var (released, forfeited) = (0, 0);
        Gen.Select(Terms, Step.Array[1, 60]).Sample((terms, steps) =>
        {
            var lease = Lease.Open(terms);
            var payments = new List<LeasePayment>();
            foreach (var step in steps)
            {
                var decided = LeaseRule.Decide(lease, Command(lease, step), Sample.Start);
                if (!decided.Accepted)
                {
                    continue;
                }

                lease = decided.Value.Aggregate(lease, LeaseRule.Evolve);
                payments.AddRange(decided.Value.SelectMany(Payments));
                Check(lease);
            }

            ends.Add(lease.EndReason);
            released += lease.Rounds.Count(round => round.Status == LeaseRoundStatus.Released);
            forfeited += lease.Rounds.Count(round => round.Status == LeaseRoundStatus.Forfeited);
            Recompute(lease, payments);
        }, iter: Campaign.Size(3_000, 100_000), threads: 1);
        Assert.True(released > 1_000 && forfeited > 200, $"{released} released, {forfeited} forfeited");
        Assert.Equal(
            [Reason.None, Reason.RateAboveCeiling, Reason.RateBelowFloor, Reason.EscrowExhausted, Reason.HostLost, Reason.WorkWrong],
            ends.Order());
    }

    [Fact]
    public void Bill_AnyRounds_LosesNoFraction() =>
        Gen.Select(Terms, Gen.Select(Gen.UInt, Gen.UInt[0, 100_000]).Array[1, 40]).Sample((terms, rows) =>
        {
            var work = rows.Select((row, i) => new BilledWork(Sample.Hash("run"), i, Hash32.Zero, row.Item1, 77));
            var rounds = LeasePayments.Rebill(terms, work);
            var macs = rows.Aggregate(BigInteger.Zero, (sum, row) => sum + row.Item1);
            var ms = macs / terms.MacsPerMs;
            var pay = ms * 77 / 1_000;
            Assert.Equal(ms, rounds.Aggregate(BigInteger.Zero, (sum, round) => sum + round.VerifiedMs));
            Assert.Equal(pay, rounds.Aggregate(BigInteger.Zero, (sum, round) => sum + round.Pay));
            Assert.Equal(pay * terms.FeePpm / 1_000_000, rounds.Aggregate(BigInteger.Zero, (sum, round) => sum + round.Fee));
            Assert.All(rounds, round => Assert.True(round.Fee <= round.Pay));
        });

    private static LeaseCommand Command(Lease lease, (int Kind, int Rate, int Work, int Most) step)
    {
        var next = lease.Rounds.Count == 0 ? 0 : lease.Rounds[^1].Round + 1 + (step.Work % 3);
        return step.Kind switch
        {
            7 when lease.Current is { } begun => new StartLeaseRound(begun.Run, begun.Round, (UInt128)step.Rate, (UInt128)step.Work),
            < 8 when lease.Current is { } current =>
                new BillLeaseRound(current.Round, current.WorkMax * (UInt128)(step.Most % 101) / 100, Sample.Hash("cause", current.Round)),
            < 8 => new StartLeaseRound(Sample.Hash("run"), next, (UInt128)step.Rate, (UInt128)step.Work),
            8 => new CatchHost(next, Reason.WorkWrong),
            9 => new CloseLease(Reason.HostLost),
            _ => new CloseLease(Reason.None),
        };
    }

    private static void Check(Lease lease)
    {
        Assert.Equal(lease.Terms.Cap, lease.Paid + lease.Fee + lease.Refunded + lease.Escrow);
        Assert.True(lease.Paid + lease.Fee <= lease.Earned && lease.Earned <= lease.Terms.Cap);
        Assert.True(lease.ClosedAt is null || lease.Escrow == 0);
        Assert.Equal(Sum(lease, LeaseRoundStatus.Released), lease.Paid + lease.Fee);
        Assert.Equal(Sum(lease, LeaseRoundStatus.Forfeited), lease.Forfeited);
        Assert.Equal(Sum(lease, LeaseRoundStatus.Unreleased), lease.Unreleased);
    }

    private static UInt128 Sum(Lease lease, LeaseRoundStatus status) =>
        lease.Rounds.Where(round => round.Status == status).Aggregate(UInt128.Zero, (sum, round) => sum + round.Pay);

    private static void Recompute(Lease lease, IReadOnlyList<LeasePayment> payments)
    {
        var work = lease.Rounds.Select(round => new BilledWork(round.Run, round.Round, round.Cause, round.Work, round.Rate));
        var expected = LeasePayments.Expected(lease.Terms, work, lease.ClosedAt is not null, lease.EndReason);
        Assert.Equal(expected, payments);
        Assert.Equal(payments.Any(payment => payment.Payee != LeasePayee.Renter), lease.Paid + lease.Fee > 0);
    }

    private static IEnumerable<LeasePayment> Payments(LeaseEvent happened) => happened switch
    {
        LeaseRoundReleased e => new[] { new LeasePayment(LeasePayee.Host, e.ToHost, e.Cause), new LeasePayment(LeasePayee.Treasury, e.Fee, e.Cause) }
            .Where(payment => payment.Amount > 0),
        LeaseClosed e when e.Refunded > 0 => [new LeasePayment(LeasePayee.Renter, e.Refunded, e.Cause)],
        _ => [],
    };
}
