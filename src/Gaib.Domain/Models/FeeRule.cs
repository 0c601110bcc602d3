namespace Gaib.Domain.Models;

/// <summary>How one call's fee was divided: protocol + host + fed = fee.</summary>
/// <param name="Fee">Base units that the payer paid.</param>
/// <param name="Protocol">Base units to the treasury.</param>
/// <param name="Host">Base units held for the host until its epoch is checked.</param>
/// <param name="Fed">Base units into the model's pool.</param>
/// <param name="Remainder">The session's remainder after this call, in millionths of a base unit.</param>
[GenerateSerializer, Immutable]
public sealed record FeeSplit(
    [property: Id(0)] UInt128 Fee,
    [property: Id(1)] UInt128 Protocol,
    [property: Id(2)] UInt128 Host,
    [property: Id(3)] UInt128 Fed,
    [property: Id(4)] ulong Remainder);

/// <summary>
/// protocol = (fee·ppm + rem) / 10^6 with the remainder carried per session; host = units·hostUnitFee; fed = fee − protocol − host.
/// </summary>
public static class FeeRule
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>The divisor of ppm.</summary>
    public const ulong Million = 1_000_000;

    /// <summary>The protocol fee never passes 10 %. A price is checked against this, so that no later rise makes it invalid.</summary>
    public const uint ProtocolFeePpmLimit = 100_000;

    /// <summary>Prices stay below this many base units a unit, which keeps every product within 128 bits.</summary>
    public const ulong UnitPriceLimit = 1UL << 63;

    /// <summary>One call holds at most this many units.</summary>
    public const uint UnitsLimit = 1 << 20;

    /// <summary>
    /// Null when the price can be divided whatever the number of units, the remainder and the protocol fee, else
    /// <see cref="Reason.PriceInvalid"/> with the greatest possible hostUnitFee and the one asked for.
    /// </summary>
    /// <remarks>
    /// fed is a whole number, and ⌊(n·p·ppm + rem) / 10^6⌋ with rem &lt; 10^6 is at most ⌈n·p·ppm / 10^6⌉. So fed is never negative
    /// exactly when n·(p − h) ≥ n·p·ppm / 10^6, from which n falls out: (p − h)·10^6 ≥ p·ppm.
    /// </remarks>
    public static Rejection? CheckPrice(UInt128 unitPrice, UInt128 hostUnitFee)
    {
        if (unitPrice == 0 || unitPrice >= UnitPriceLimit)
        {
            return new Rejection(Reason.FieldOutOfRange, UnitPriceLimit - 1, unitPrice.Saturate(), "unitPrice");
        }

        var hostMax = unitPrice * (Million - ProtocolFeePpmLimit) / Million;
        return hostUnitFee <= hostMax
            ? null
            : new Rejection(Reason.PriceInvalid, (Int128)hostMax, hostUnitFee.Saturate(), "hostUnitFee");
    }

    /// <summary>The fee of a call: units·unitPrice base units.</summary>
    public static UInt128 FeeOf(PriceRecord price, uint units) => checked(price.UnitPrice * units);

    /// <summary>Divides the fee of a call.</summary>
    /// <param name="price">The price in force.</param>
    /// <param name="units">Units of the call.</param>
    /// <param name="protocolFeePpm">The parameter in force, at most <see cref="ProtocolFeePpmLimit"/>.</param>
    /// <param name="remainder">The session's remainder before this call, below 10^6.</param>
    /// <exception cref="ArgumentOutOfRangeException">The remainder or the ppm is out of its range: a caller's bug, not a user's.</exception>
    public static FeeSplit Split(PriceRecord price, uint units, uint protocolFeePpm, ulong remainder)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(remainder, Million);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(protocolFeePpm, ProtocolFeePpmLimit);
        checked
        {
            var fee = FeeOf(price, units);
            var n = (fee * protocolFeePpm) + remainder;
            var protocol = n / Million;
            var host = price.HostUnitFee * units;
            return new FeeSplit(fee, protocol, host, fee - protocol - host, (ulong)(n % Million));
        }
    }
}
