namespace Gaib.Domain.Compute;

/// <summary>
/// A GPU class: what its reference device does in a millisecond, and the bounds between which its rate adapts. All of it is a genesis
/// parameter. Rates at target are base units per verified second in Q32.
/// </summary>
/// <param name="Id">Name, such as <c>cpu-1</c>; not empty.</param>
/// <param name="MacsPerMs">Multiply-accumulates that the class's reference device does in one millisecond; at least 1.</param>
/// <param name="InitialRateAtTarget">Rate at target when the market opens, Q32.</param>
/// <param name="MinRateAtTarget">Lower bound of the rate at target, Q32; at least one base unit (2^32).</param>
/// <param name="MaxRateAtTarget">Upper bound of the rate at target, Q32; below 2^90.</param>
[GenerateSerializer, Immutable]
public sealed record GpuClass(
    [property: Id(0)] string Id,
    [property: Id(1)] ulong MacsPerMs,
    [property: Id(2)] UInt128 InitialRateAtTarget,
    [property: Id(3)] UInt128 MinRateAtTarget,
    [property: Id(4)] UInt128 MaxRateAtTarget)
{
    /// <summary>
    /// The least bound allowed: one base unit per verified second. Below it the truncated step of a tick would no longer be small
    /// beside the rate, and a rate could stand still at full utilisation.
    /// </summary>
    public static readonly UInt128 RateAtTargetFloor = (UInt128)1 << 32;

    /// <summary>The bounds stay below 2^90, so that every product of the rate rule fits 127 bits.</summary>
    public static readonly UInt128 RateAtTargetLimit = (UInt128)1 << 90;

    /// <summary>The first field that is out of range, or null when the class is well formed.</summary>
    public Rejection? Check()
    {
        if (Id.Length == 0)
        {
            return new Rejection(Reason.FieldOutOfRange, 1, 0, nameof(Id));
        }

        if (MacsPerMs == 0)
        {
            return new Rejection(Reason.FieldOutOfRange, 1, 0, nameof(MacsPerMs));
        }

        if (MinRateAtTarget < RateAtTargetFloor)
        {
            return new Rejection(
                Reason.FieldOutOfRange, (Int128)RateAtTargetFloor, Clip.ToInt128(MinRateAtTarget), nameof(MinRateAtTarget));
        }

        if (MaxRateAtTarget >= RateAtTargetLimit || MaxRateAtTarget < MinRateAtTarget)
        {
            var limit = MaxRateAtTarget < MinRateAtTarget ? MinRateAtTarget : RateAtTargetLimit - 1;
            return new Rejection(Reason.FieldOutOfRange, Clip.ToInt128(limit), Clip.ToInt128(MaxRateAtTarget), nameof(MaxRateAtTarget));
        }

        return InitialRateAtTarget >= MinRateAtTarget && InitialRateAtTarget <= MaxRateAtTarget
            ? null
            : new Rejection(
                Reason.FieldOutOfRange, (Int128)MaxRateAtTarget, Clip.ToInt128(InitialRateAtTarget), nameof(InitialRateAtTarget));
    }
}
