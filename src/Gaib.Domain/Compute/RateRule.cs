namespace Gaib.Domain.Compute;

/// <summary>
/// The rate of a GPU class adapts to demand, with nobody's vote (<c>rateRule: 1</c>). It is the adaptive curve of Morpho's interest
/// rate model (AdaptiveCurveIrm, 2024) in integers: the rate at target grows or falls in proportion to the error of utilisation, and
/// the rate in force leads it by up to a factor of four. All divisions truncate toward zero.
/// </summary>
public static class RateRule
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Length of a tick in milliseconds. Ticks lie on whole multiples of it in Unix time.</summary>
    public const long TickMs = 60_000;

    /// <summary>Utilisation target, 90 % in Q32.</summary>
    public const long Target = 3_865_470_566;

    /// <summary>Ticks in a year divided by the speed of 50 per year: 525,600 / 50.</summary>
    public const long TicksPerFold = 10_512;

    private const long One = 1L << 32;

    /// <summary>The rate of a class whose market opens now with nothing offered.</summary>
    /// <param name="gpuClass">A class whose check passed.</param>
    /// <param name="at">Unix milliseconds, not negative.</param>
    public static RateState Start(GpuClass gpuClass, long at)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(at);
        return new RateState(gpuClass.InitialRateAtTarget, RateOf(gpuClass.InitialRateAtTarget, 0), at, 0, 0, 0, 0, 0);
    }

    /// <summary>Utilisation of a tick in Q32: <c>leased·2^32 / offered</c>; 0 when nothing was offered.</summary>
    /// <param name="leasedMs">Capacity-milliseconds leased; at most those offered.</param>
    /// <param name="offeredMs">Capacity-milliseconds offered.</param>
    public static ulong UtilisationOf(ulong leasedMs, ulong offeredMs) =>
        offeredMs == 0 ? 0 : (ulong)(((UInt128)leasedMs << 32) / offeredMs);

    /// <summary>The error in Q32, −2^32 … 2^32: <c>(u − T)·2^32 / (u &gt; T ? 2^32 − T : T)</c>.</summary>
    /// <param name="utilisation">Utilisation, Q32.</param>
    public static long ErrorOf(ulong utilisation)
    {
        var distance = checked((long)utilisation - Target);
        return (long)((Int128)distance * One / (distance > 0 ? One - Target : Target));
    }

    /// <summary>One tick: <c>rateAtTarget += rateAtTarget·err / (10512·2^32)</c>, clamped to the bounds of the class.</summary>
    /// <param name="gpuClass">The class.</param>
    /// <param name="rateAtTarget">Before the tick, Q32.</param>
    /// <param name="error">The error of the tick, Q32.</param>
    public static UInt128 Move(GpuClass gpuClass, UInt128 rateAtTarget, long error)
    {
        var change = checked((Int128)rateAtTarget * error) / ((Int128)TicksPerFold * One);
        var moved = (UInt128)checked((Int128)rateAtTarget + change);
        return UInt128.Clamp(moved, gpuClass.MinRateAtTarget, gpuClass.MaxRateAtTarget);
    }

    /// <summary>
    /// The rate in force: <c>rateAtTarget·(2^32 + (err &lt; 0 ? 3·err/4 : 3·err)) / 2^64</c>, from a quarter to four times the rate at
    /// target.
    /// </summary>
    /// <param name="rateAtTarget">Q32.</param>
    /// <param name="error">The error of the tick, Q32.</param>
    /// <returns>Base units per verified second.</returns>
    public static UInt128 RateOf(UInt128 rateAtTarget, long error)
    {
        var factor = One + (error < 0 ? 3 * error / 4 : 3 * error);
        return checked(rateAtTarget * (UInt128)factor) >> 64;
    }

    /// <summary>Accounts capacity up to a time and closes every tick that ended by then, one after the other.</summary>
    /// <param name="gpuClass">The class.</param>
    /// <param name="state">The state; its counts hold from its time to <paramref name="now"/>.</param>
    /// <param name="now">Unix milliseconds; a time before the state's changes nothing.</param>
    public static RateState Advance(GpuClass gpuClass, RateState state, long now)
    {
        while (TickEnd(state.At) <= now)
        {
            var closed = CloseTick(gpuClass, state);

            // A whole tick that changes nothing will change nothing again: the ticks left over are skipped at once.
            var still = closed.RateAtTarget == state.RateAtTarget && closed.Rate == state.Rate;
            var whole = state.At % TickMs == 0;
            state = still && whole ? closed with { At = now / TickMs * TickMs } : closed;
        }

        return now > state.At ? Accumulate(state, now) : state;
    }

    /// <summary>Says that from the state's time on other numbers of GPUs are offered and leased.</summary>
    /// <param name="state">A state advanced to the time of the change.</param>
    /// <param name="offered">GPUs offered, leased ones included.</param>
    /// <param name="leased">GPUs leased, at most those offered.</param>
    public static RateState WithCapacity(RateState state, uint offered, uint leased)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leased, offered);
        return state with { Offered = offered, Leased = leased };
    }

    /// <summary>Every tick of a market from its opening, recomputed from its capacity alone.</summary>
    /// <param name="gpuClass">The class.</param>
    /// <param name="openedAt">Unix milliseconds at which the market opened.</param>
    /// <param name="steps">The capacity, in order of time.</param>
    /// <param name="until">Unix milliseconds; ticks that end after it are left out.</param>
    public static IEnumerable<RateTick> Ticks(GpuClass gpuClass, long openedAt, IEnumerable<CapacityStep> steps, long until)
    {
        var state = Start(gpuClass, openedAt);
        foreach (var step in steps.Append(new CapacityStep(until, 0, 0)))
        {
            while (TickEnd(state.At) <= Math.Min(step.At, until))
            {
                state = CloseTick(gpuClass, state);
                yield return new RateTick(state.At, state.Utilisation, state.RateAtTarget, state.Rate);
            }

            state = WithCapacity(Advance(gpuClass, state, Math.Min(step.At, until)), step.Offered, step.Leased);
        }
    }

    private static long TickEnd(long at) => checked(((at / TickMs) + 1) * TickMs);

    private static RateState Accumulate(RateState state, long to)
    {
        var elapsed = (ulong)(to - state.At);
        return state with
        {
            At = to,
            OfferedMs = checked(state.OfferedMs + (state.Offered * elapsed)),
            LeasedMs = checked(state.LeasedMs + (state.Leased * elapsed)),
        };
    }

    private static RateState CloseTick(GpuClass gpuClass, RateState state)
    {
        var full = Accumulate(state, TickEnd(state.At));
        var utilisation = UtilisationOf(full.LeasedMs, full.OfferedMs);
        var error = full.OfferedMs == 0 ? 0 : ErrorOf(utilisation);
        var rateAtTarget = Move(gpuClass, full.RateAtTarget, error);
        return full with
        {
            RateAtTarget = rateAtTarget,
            Rate = RateOf(rateAtTarget, error),
            OfferedMs = 0,
            LeasedMs = 0,
            Utilisation = utilisation,
        };
    }
}
