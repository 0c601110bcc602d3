using System.Numerics;

namespace Gaib.Kills.Tests.Load;

/// <summary>What an account of the model has of an asset, in unbounded integers.</summary>
internal readonly record struct Held(BigInteger In, BigInteger Out, BigInteger PendingIn, BigInteger PendingOut)
{
    public BigInteger Available => In - Out - PendingOut;

    public static Held operator +(Held a, Held b) =>
        new(a.In + b.In, a.Out + b.Out, a.PendingIn + b.PendingIn, a.PendingOut + b.PendingOut);
}
