using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>Where a part of a host's held fees goes. The numbers are part of exports.</summary>
public enum HeldFeeKind : byte
{
    /// <summary>To the host: all drawn answers were right.</summary>
    Release = 1,

    /// <summary>To the payer of a wrong call.</summary>
    Refund = 2,

    /// <summary>To the treasury: what the refunds left.</summary>
    Forfeit = 3,
}

/// <summary>One payment out of a host's held fees.</summary>
/// <param name="Kind">Why.</param>
/// <param name="To">The host or the payer; zero for the treasury.</param>
/// <param name="Amount">Base units; never 0.</param>
/// <param name="Receipt">The wrong receipt of a refund; else zero.</param>
[GenerateSerializer, Immutable]
public readonly record struct HeldFeePayment(
    [property: Id(0)] HeldFeeKind Kind,
    [property: Id(1)] Address To,
    [property: Id(2)] UInt128 Amount,
    [property: Id(3)] Hash32 Receipt);

/// <summary>The verdict on a host's epoch. The payments sum to what was held.</summary>
/// <param name="RuleVersion">The version of <see cref="HostEpochRule"/> that made it.</param>
/// <param name="Commitment">What the host had committed to.</param>
/// <param name="Drawn">The receipts that were executed again, ascending.</param>
/// <param name="Wrong">Those whose output differed, ascending.</param>
/// <param name="Payments">Refunds by receipt, then the forfeit; or the one release; none when nothing was held.</param>
[GenerateSerializer, Immutable]
public sealed record HostEpochVerdict(
    [property: Id(0)] int RuleVersion,
    [property: Id(1)] HostEpochCommitment Commitment,
    [property: Id(2)] ImmutableArray<Hash32> Drawn,
    [property: Id(3)] ImmutableArray<Hash32> Wrong,
    [property: Id(4)] ImmutableArray<HeldFeePayment> Payments);

/// <summary>
/// Settles a host's held fees of one epoch. One wrong answer among those drawn forfeits the whole epoch: the payers of wrong calls get
/// their fees back out of what is held (scaled by largest remainder if that is too little), and the treasury gets the rest.
/// </summary>
public static class HostEpochRule
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>
    /// The verdict, or <see cref="Reason.CommitmentMismatch"/> if the receipts are not those committed to (or one is listed twice), or
    /// <see cref="Reason.WrongState"/> if a drawn one was not executed again yet: until then the fees stay held.
    /// </summary>
    /// <param name="commitment">What the host committed to before the beacon.</param>
    /// <param name="held">The epoch's receipts, in any order.</param>
    /// <param name="beacon">The next beacon.</param>
    /// <param name="oneIn">The parameter: one receipt in this many is drawn.</param>
    /// <param name="reexecuted">Receipt hash → output hash of another host's execution.</param>
    public static Outcome<HostEpochVerdict> Decide(
        HostEpochCommitment commitment,
        ImmutableArray<HeldReceipt> held,
        Hash32 beacon,
        uint oneIn,
        IReadOnlyDictionary<Hash32, Hash32> reexecuted)
    {
        // A receipt listed twice would be refunded twice.
        var distinct = held.Select(r => r.Receipt).Distinct().Count() == held.Length;
        if (!distinct || HostEpochCommitment.Of(commitment.Host, commitment.Epoch, held) != commitment)
        {
            return new Rejection(Reason.CommitmentMismatch, commitment.Count, held.Length, commitment.Host.ToString());
        }

        var drawn = held.Where(r => ReceiptDraw.IsDrawn(beacon, r.Receipt, oneIn)).OrderBy(r => r.Receipt).ToImmutableArray();
        var missing = drawn.Count(r => !reexecuted.ContainsKey(r.Receipt));
        if (missing > 0)
        {
            return new Rejection(Reason.WrongState, drawn.Length, drawn.Length - missing, "reexecuted");
        }

        var wrong = drawn.Where(r => reexecuted[r.Receipt] != r.OutputHash).ToImmutableArray();
        var payments = wrong.IsEmpty ? Release(commitment) : Forfeit(commitment, wrong);
        return new HostEpochVerdict(
            RuleVersion, commitment, [.. drawn.Select(r => r.Receipt)], [.. wrong.Select(r => r.Receipt)], payments);
    }

    private static ImmutableArray<HeldFeePayment> Release(HostEpochCommitment commitment) => commitment.Held == 0
        ? []
        : [new HeldFeePayment(HeldFeeKind.Release, commitment.Host, commitment.Held, Hash32.Zero)];

    private static ImmutableArray<HeldFeePayment> Forfeit(HostEpochCommitment commitment, ImmutableArray<HeldReceipt> wrong)
    {
        UInt128[] refunds = [.. wrong.Select(r => r.Fee)];
        UInt128 asked = 0;
        foreach (var refund in refunds)
        {
            asked = checked(asked + refund);
        }

        refunds = asked > commitment.Held ? LargestRemainder.Split(commitment.Held, refunds) : refunds;
        var payments = ImmutableArray.CreateBuilder<HeldFeePayment>();
        var left = commitment.Held;
        for (var i = 0; i < refunds.Length; i++)
        {
            left = checked(left - refunds[i]);
            Add(payments, new HeldFeePayment(HeldFeeKind.Refund, wrong[i].Payer, refunds[i], wrong[i].Receipt));
        }

        Add(payments, new HeldFeePayment(HeldFeeKind.Forfeit, Address.Zero, left, Hash32.Zero));
        return payments.ToImmutable();
    }

    private static void Add(ImmutableArray<HeldFeePayment>.Builder payments, HeldFeePayment payment)
    {
        if (payment.Amount > 0)
        {
            payments.Add(payment);
        }
    }
}
