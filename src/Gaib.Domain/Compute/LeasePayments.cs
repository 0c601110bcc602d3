using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>Who is paid out of a lease's account. Numbers are pinned.</summary>
public enum LeasePayee
{
    /// <summary>The GPU's host.</summary>
    Host = 1,

    /// <summary>The treasury.</summary>
    Treasury = 2,

    /// <summary>The renter.</summary>
    Renter = 3,
}

/// <summary>One transfer that a lease's account must have made.</summary>
/// <param name="Payee">Who.</param>
/// <param name="Amount">Base units, above 0.</param>
/// <param name="Cause">The transfer's cause.</param>
[GenerateSerializer, Immutable]
public sealed record LeasePayment(
    [property: Id(0)] LeasePayee Payee,
    [property: Id(1)] UInt128 Amount,
    [property: Id(2)] Hash32 Cause);

/// <summary>A round as an export gives it to whoever recomputes a lease: no amount in it.</summary>
/// <param name="Run">The training run.</param>
/// <param name="Round">Round of the run.</param>
/// <param name="Cause">Hash of the run's closed round.</param>
/// <param name="Work">Multiply-accumulates.</param>
/// <param name="Rate">Rate in force when the round started, base units per verified second.</param>
[GenerateSerializer, Immutable]
public readonly record struct BilledWork(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] int Round,
    [property: Id(2)] Hash32 Cause,
    [property: Id(3)] UInt128 Work,
    [property: Id(4)] UInt128 Rate);

/// <summary>Recomputes, from a lease's terms, its billed work and its end, everything that it paid.</summary>
public static class LeasePayments
{
    /// <summary>
    /// Cause of the two transfers that release a round:
    /// <c>keccak256(abi.encode(keccak256("gaib.lease.round"), billingRule, lease, run, round, cause, work, verifiedMs, rate, pay,
    /// fee))</c>.
    /// </summary>
    /// <param name="lease">The lease's id.</param>
    /// <param name="round">The billed round; its status is no part of the hash.</param>
    public static Hash32 RoundCause(Hash32 lease, LeaseRound round) =>
        new AbiWriter(11).Utf8("gaib.lease.round").UInt(LeaseBilling.RuleVersion).Hash(lease).Hash(round.Run).UInt((uint)round.Round)
            .Hash(round.Cause).UInt(round.Work).UInt(round.VerifiedMs).UInt(round.Rate).UInt(round.Pay).UInt(round.Fee).Hash();

    /// <summary>
    /// Cause of the refund: <c>keccak256(abi.encode(keccak256("gaib.lease.closed"), billingRule, lease, endReason, forfeited,
    /// refunded))</c>.
    /// </summary>
    /// <param name="lease">The lease's id.</param>
    /// <param name="endReason">Why it closed.</param>
    /// <param name="forfeited">Part of the refund that had been billed, base units.</param>
    /// <param name="refunded">Base units.</param>
    public static Hash32 RefundCause(Hash32 lease, Reason endReason, UInt128 forfeited, UInt128 refunded) =>
        new AbiWriter(6).Utf8("gaib.lease.closed").UInt(LeaseBilling.RuleVersion).Hash(lease).UInt((ushort)endReason).UInt(forfeited)
            .UInt(refunded).Hash();

    /// <summary>Bills the work again from the first round on.</summary>
    /// <param name="terms">The lease's terms.</param>
    /// <param name="work">Its billed work, in order.</param>
    /// <returns>One row a round, all unreleased.</returns>
    public static ImmutableArray<LeaseRound> Rebill(LeaseTerms terms, IEnumerable<BilledWork> work)
    {
        var rounds = ImmutableArray.CreateBuilder<LeaseRound>();
        var carried = default(LeaseRemainders);
        foreach (var row in work)
        {
            var bill = LeaseBilling.Bill(terms, carried, row.Work, row.Rate);
            carried = bill.Remainders;
            rounds.Add(new LeaseRound(
                row.Run, row.Round, row.Cause, row.Work, bill.VerifiedMs, row.Rate, bill.Pay, bill.Fee, LeaseRoundStatus.Unreleased));
        }

        return rounds.ToImmutable();
    }

    /// <summary>
    /// Every transfer out of the lease's account, in order. A round is released when one at least W later is billed, or when the lease
    /// closes without fault; when the host was caught, what was not released by then is forfeited.
    /// </summary>
    /// <param name="terms">The lease's terms.</param>
    /// <param name="work">Its billed work, in order of rounds.</param>
    /// <param name="closed">The lease has closed.</param>
    /// <param name="endReason">Why; ignored while open.</param>
    public static ImmutableArray<LeasePayment> Expected(LeaseTerms terms, IEnumerable<BilledWork> work, bool closed, Reason endReason)
    {
        var rounds = Rebill(terms, work);
        var caught = closed && IsFault(endReason);
        var payments = ImmutableArray.CreateBuilder<LeasePayment>();
        var left = terms.Cap;
        var forfeited = UInt128.Zero;
        foreach (var round in rounds)
        {
            if ((closed && !caught) || InsideWindow(terms, round.Round, rounds[^1].Round) is false)
            {
                Add(payments, LeasePayee.Host, round.Pay - round.Fee, RoundCause(terms.Lease, round));
                Add(payments, LeasePayee.Treasury, round.Fee, RoundCause(terms.Lease, round));
                left = checked(left - round.Pay);
            }
            else if (caught)
            {
                forfeited = checked(forfeited + round.Pay);
            }
        }

        if (closed)
        {
            Add(payments, LeasePayee.Renter, left, RefundCause(terms.Lease, endReason, forfeited, left));
        }

        return payments.ToImmutable();
    }

    /// <summary>The reasons that forfeit what is unreleased.</summary>
    internal static bool IsFault(Reason reason) => reason is Reason.WorkWrong or Reason.DeltaCopied;

    /// <summary>Whether a round's pay is still held when a later round of the lease has been billed.</summary>
    internal static bool InsideWindow(LeaseTerms terms, int round, int billed) => billed < (long)round + terms.Window;

    private static void Add(ImmutableArray<LeasePayment>.Builder payments, LeasePayee payee, UInt128 amount, Hash32 cause)
    {
        if (amount > 0)
        {
            payments.Add(new LeasePayment(payee, amount, cause));
        }
    }
}
