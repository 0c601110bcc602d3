using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>What a lease must have paid, and what it must say to a command: from the design, without the lease's rule or its billing.</summary>
internal static class LeaseView
{
    /// <summary>Every payment out of the lease's account, in order: who gets how much.</summary>
    public static List<(AccountId To, BigInteger Amount)> Payments(Lease lease)
    {
        var (terms, payments) = (lease.Terms, new List<(AccountId, BigInteger)>());
        BigInteger work = 0, thousandths = 0, millionths = 0, left = terms.Cap;
        foreach (var round in lease.Rounds)
        {
            var ms = BigInteger.DivRem(work + round.Work, terms.MacsPerMs, out work);
            var pay = BigInteger.DivRem((ms * round.Rate) + thousandths, 1_000, out thousandths);
            var fee = BigInteger.DivRem((pay * terms.FeePpm) + millionths, 1_000_000, out millionths);
            if (IsReleased(lease, round.Round))
            {
                payments.Add((AccountId.Person(terms.Host), pay - fee));
                payments.Add((AccountId.Treasury, fee));
                left -= pay;
            }
        }

        if (lease.ClosedAt is not null)
        {
            payments.Add((AccountId.Person(terms.Renter), left));
        }

        payments.RemoveAll(payment => payment.Item2.IsZero);
        return payments;
    }

    /// <summary>Why a command is refused, or None.</summary>
    public static Reason Refuse(Lease? lease, LeaseCommand command)
    {
        if (lease is null)
        {
            return Reason.NotFound;
        }

        var isClosed = lease.ClosedAt is not null;
        return command switch
        {
            StartLeaseRound start => lease.Current is { } now && (now.Run, now.Round, now.Rate, now.WorkMax) == (start.Run, start.Round, start.Rate, start.WorkMax) ? Reason.None
                : isClosed ? Reason.LeaseClosed
                : lease.Current is { } other && (other.Run, other.Round) != (start.Run, start.Round) ? Reason.WrongState
                : lease.Rounds.Exists(round => round.Round >= start.Round) ? Reason.WrongState
                : Reason.None,
            BillLeaseRound bill => lease.Rounds.Find(round => round.Round == bill.Round) is { } billed
                    ? billed.Work == bill.Work && billed.Cause == bill.Cause ? Reason.None : Reason.WrongState
                : isClosed ? Reason.LeaseClosed
                : lease.Current?.Round != bill.Round ? Reason.WrongState
                : bill.Work > lease.Current.WorkMax ? Reason.FieldOutOfRange
                : Reason.None,
            CatchHost caught => !IsFault(caught.Verdict) ? Reason.FieldOutOfRange : !isClosed || IsFault(lease.EndReason) ? Reason.None : Reason.LeaseClosed,
            CloseLease close => IsFault(close.Cause) ? Reason.FieldOutOfRange : !isClosed || lease.EndReason == close.Cause ? Reason.None : Reason.LeaseClosed,
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
    }

    private static bool IsReleased(Lease lease, int round) =>
        (lease.ClosedAt is not null && !IsFault(lease.EndReason)) || (long)round + lease.Terms.Window <= lease.Rounds[^1].Round;

    private static bool IsFault(Reason reason) => reason is Reason.WorkWrong or Reason.DeltaCopied;
}
