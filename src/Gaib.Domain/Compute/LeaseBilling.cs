namespace Gaib.Domain.Compute;

/// <summary>The arithmetic of a lease (<c>billingRule: 1</c>): from work to verified time to pay to fee, remainders carried.</summary>
public static class LeaseBilling
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Verified milliseconds in a verified second, the unit of the rate.</summary>
    public const uint MsPerSecond = 1000;

    /// <summary>Parts of a fee in ppm.</summary>
    public const uint Million = 1_000_000;

    /// <summary>
    /// <c>verifiedMs = (work + rem) / macsPerMs</c>; <c>n = verifiedMs·rate + rem; pay = n / 1000</c>;
    /// <c>fee = (pay·ppm + rem) / 10^6</c>. Each division leaves its remainder for the next round.
    /// </summary>
    /// <param name="terms">The lease's terms.</param>
    /// <param name="carried">Remainders of the rounds before.</param>
    /// <param name="work">Multiply-accumulates.</param>
    /// <param name="rate">Base units per verified second.</param>
    /// <exception cref="OverflowException">A product passes 2^128.</exception>
    public static LeaseBill Bill(LeaseTerms terms, LeaseRemainders carried, UInt128 work, UInt128 rate)
    {
        checked
        {
            var (verifiedMs, workLeft) = UInt128.DivRem(work + carried.Work, terms.MacsPerMs);
            var (pay, payLeft) = UInt128.DivRem((verifiedMs * rate) + carried.Pay, MsPerSecond);
            var (fee, feeLeft) = UInt128.DivRem((pay * terms.FeePpm) + carried.Fee, Million);
            return new LeaseBill(verifiedMs, pay, fee, new LeaseRemainders(workLeft, payLeft, feeLeft));
        }
    }
}

/// <summary>What a round's work comes to.</summary>
/// <param name="VerifiedMs">Verified milliseconds.</param>
/// <param name="Pay">Base units, fee included.</param>
/// <param name="Fee">Base units of the pay that go to the treasury.</param>
/// <param name="Remainders">What is carried to the next round.</param>
public readonly record struct LeaseBill(UInt128 VerifiedMs, UInt128 Pay, UInt128 Fee, LeaseRemainders Remainders);
