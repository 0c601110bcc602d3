using System.Numerics;

using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>The rate rule again, written from the text of the design in big integers, a millisecond of thought at a time.</summary>
internal sealed class RateReference(GpuClass gpuClass, long at)
{
    private static readonly BigInteger One = BigInteger.Pow(2, 32);

    private BigInteger _offeredMs;
    private BigInteger _leasedMs;
    private BigInteger _offered;
    private BigInteger _leased;
    private long _at = at;

    public BigInteger RateAtTarget { get; private set; } = gpuClass.InitialRateAtTarget;

    public BigInteger Rate { get; private set; } = (BigInteger)gpuClass.InitialRateAtTarget / One;

    public void SetCapacity(uint offered, uint leased) => (_offered, _leased) = (offered, leased);

    public void Advance(long now)
    {
        for (; _at < now; _at += Math.Min(60_000 - (_at % 60_000), now - _at))
        {
            var span = Math.Min(60_000 - (_at % 60_000), now - _at);
            _offeredMs += _offered * span;
            _leasedMs += _leased * span;
            if ((_at + span) % 60_000 == 0)
            {
                Close();
            }
        }
    }

    private void Close()
    {
        var error = BigInteger.Zero;
        if (!_offeredMs.IsZero)
        {
            var u = _leasedMs * One / _offeredMs;
            var target = new BigInteger(3_865_470_566);
            error = (u - target) * One / (u > target ? One - target : target);
        }

        RateAtTarget += RateAtTarget * error / (10_512 * One);
        RateAtTarget = BigInteger.Max(gpuClass.MinRateAtTarget, BigInteger.Min(gpuClass.MaxRateAtTarget, RateAtTarget));
        Rate = RateAtTarget * (One + (error < 0 ? 3 * error / 4 : 3 * error)) / (One * One);
        (_offeredMs, _leasedMs) = (0, 0);
    }
}
