using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>
/// A lease pays by the verified second. A command that has already had its effect is accepted again without an event; after the lease
/// closed, everything new is refused with <see cref="Reason.LeaseClosed"/>.
/// </summary>
public static class LeaseRule
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Decides a command.</summary>
    /// <param name="lease">The state.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>
    /// The events, none when the command already had its effect. <see cref="StartLeaseRound"/> is accepted with a
    /// <see cref="LeaseClosed"/> when the rate or the escrow end the lease. Else WrongState, LeaseClosed or FieldOutOfRange.
    /// </returns>
    public static Outcome<ImmutableArray<LeaseEvent>> Decide(Lease lease, LeaseCommand command, long now) => command switch
    {
        StartLeaseRound start => Start(lease, start, now),
        BillLeaseRound bill => Bill(lease, bill, now),
        CatchHost caught => Catch(lease, caught, now),
        CloseLease close => Close(lease, close.Cause, now),
        _ => Reason.WrongState,
    };

    /// <summary>Applies an event.</summary>
    /// <param name="lease">The state.</param>
    /// <param name="happened">An event that <see cref="Decide"/> gave for this state.</param>
    public static Lease Evolve(Lease lease, LeaseEvent happened) => happened switch
    {
        LeaseRoundStarted e => lease with { Current = e.Round },
        LeaseRoundBilled e => lease with
        {
            Current = null,
            Remainders = e.Remainders,
            Rounds = lease.Rounds.Add(e.Round),
            Earned = checked(lease.Earned + e.Round.Pay),
        },
        LeaseRoundReleased e => Mark(lease, round => round.Round == e.Round, LeaseRoundStatus.Released) with
        {
            Paid = checked(lease.Paid + e.ToHost),
            Fee = checked(lease.Fee + e.Fee),
        },
        LeaseClosed e => Mark(lease, _ => true, LeaseRoundStatus.Forfeited) with
        {
            Current = null,
            Forfeited = e.Forfeited,
            Refunded = e.Refunded,
            ClosedAt = e.At,
            EndReason = e.EndReason,
        },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} is no event of a lease."),
    };

    private static Outcome<ImmutableArray<LeaseEvent>> Nothing => ImmutableArray<LeaseEvent>.Empty;

    private static Rejection Closed(Lease lease) => new(Reason.LeaseClosed, Subject: $"{lease.EndReason}");

    private static IEnumerable<LeaseRound> Held(Lease lease) =>
        lease.Rounds.Skip(FirstHeld(lease)).Where(round => round.Status == LeaseRoundStatus.Unreleased);

    /// <summary>Rounds are released in order, so the unreleased ones are the last; no lease looks at more than its window.</summary>
    private static int FirstHeld(Lease lease)
    {
        var first = lease.Rounds.Count;
        while (first > 0 && lease.Rounds[first - 1].Status == LeaseRoundStatus.Unreleased)
        {
            first--;
        }

        return first;
    }

    private static Lease Mark(Lease lease, Predicate<LeaseRound> which, LeaseRoundStatus status)
    {
        var rounds = lease.Rounds;
        for (var i = FirstHeld(lease); i < rounds.Count; i++)
        {
            if (which(rounds[i]))
            {
                rounds = rounds.SetItem(i, rounds[i] with { Status = status });
            }
        }

        return lease with { Rounds = rounds };
    }

    private static Outcome<ImmutableArray<LeaseEvent>> Start(Lease lease, StartLeaseRound start, long now)
    {
        var round = new StartedRound(start.Run, start.Round, start.Rate, start.WorkMax);
        if (lease.Current == round)
        {
            return Nothing;
        }

        if (lease.ClosedAt is not null)
        {
            return Closed(lease);
        }

        // A round that did not come about, for want of other workers, is started again at the rate that is then in force.
        if (lease.Current is { } current && (current.Run, current.Round) != (start.Run, start.Round))
        {
            return new Rejection(Reason.WrongState, current.Round, start.Round, "a round is in progress");
        }

        if (lease.Rounds.Count > 0 && start.Round <= lease.Rounds[^1].Round)
        {
            return new Rejection(Reason.WrongState, lease.Rounds[^1].Round + 1, start.Round, "round");
        }

        if (start.Rate < lease.Terms.Floor || start.Rate > lease.Terms.Ceiling)
        {
            return Close(lease, start.Rate < lease.Terms.Floor ? Reason.RateBelowFloor : Reason.RateAboveCeiling, now);
        }

        var most = LeaseBilling.Bill(lease.Terms, lease.Remainders, start.WorkMax, start.Rate);
        return most.Pay > lease.Uncommitted
            ? Close(lease, Reason.EscrowExhausted, now)
            : ImmutableArray.Create<LeaseEvent>(new LeaseRoundStarted(now, round));
    }

    private static Outcome<ImmutableArray<LeaseEvent>> Bill(Lease lease, BillLeaseRound bill, long now)
    {
        if (lease.Rounds.LastOrDefault(round => round.Round == bill.Round) is { } billed)
        {
            return billed.Work == bill.Work && billed.Cause == bill.Cause
                ? Nothing
                : new Rejection(Reason.WrongState, Subject: $"round {bill.Round} is billed otherwise");
        }

        if (lease.ClosedAt is not null)
        {
            return Closed(lease);
        }

        if (lease.Current is not { } current || current.Round != bill.Round)
        {
            return new Rejection(Reason.WrongState, lease.Current?.Round ?? -1, bill.Round, "round");
        }

        if (bill.Work > current.WorkMax)
        {
            return new Rejection(Reason.FieldOutOfRange, Clip.ToInt128(current.WorkMax), Clip.ToInt128(bill.Work), "work");
        }

        var sum = LeaseBilling.Bill(lease.Terms, lease.Remainders, bill.Work, current.Rate);
        var round = new LeaseRound(
            current.Run, current.Round, bill.Cause, bill.Work, sum.VerifiedMs, current.Rate, sum.Pay, sum.Fee, LeaseRoundStatus.Unreleased);
        var due = Held(lease).Append(round).Where(held => !LeasePayments.InsideWindow(lease.Terms, held.Round, round.Round));
        return ImmutableArray.CreateRange<LeaseEvent>(
            [new LeaseRoundBilled(now, round, sum.Remainders), .. due.Select(held => Release(lease, held, now))]);
    }

    private static LeaseRoundReleased Release(Lease lease, LeaseRound round, long now) =>
        new(now, round.Round, round.Pay - round.Fee, round.Fee, LeasePayments.RoundCause(lease.Terms.Lease, round));

    private static Outcome<ImmutableArray<LeaseEvent>> Catch(Lease lease, CatchHost caught, long now)
    {
        if (!LeasePayments.IsFault(caught.Verdict))
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: $"{caught.Verdict} is no verdict");
        }

        if (lease.ClosedAt is not null)
        {
            return LeasePayments.IsFault(lease.EndReason) ? Nothing : Closed(lease);
        }

        var forfeited = lease.Unreleased;
        var refunded = lease.Escrow;
        var cause = LeasePayments.RefundCause(lease.Terms.Lease, caught.Verdict, forfeited, refunded);
        return ImmutableArray.Create<LeaseEvent>(new LeaseClosed(now, caught.Verdict, forfeited, refunded, cause));
    }

    private static Outcome<ImmutableArray<LeaseEvent>> Close(Lease lease, Reason cause, long now)
    {
        if (LeasePayments.IsFault(cause))
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: $"{cause} needs a verdict");
        }

        if (lease.ClosedAt is not null)
        {
            return lease.EndReason == cause ? Nothing : Closed(lease);
        }

        var refunded = lease.Uncommitted;
        var refundCause = LeasePayments.RefundCause(lease.Terms.Lease, cause, 0, refunded);
        return ImmutableArray.CreateRange<LeaseEvent>(
            [.. Held(lease).Select(round => Release(lease, round, now)), new LeaseClosed(now, cause, 0, refunded, refundCause)]);
    }
}
