namespace Gaib.Cuda.Lanes;

/// <summary>
/// Sixteen binary32 lanes, however wide the machine's registers are. Each operation is one IEEE 754 operation a lane, rounded to
/// nearest even, never contracted. Only <see cref="Sum"/> crosses lanes, by a fixed tree.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
internal interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Number of lanes.</summary>
    const int Count = 16;

    /// <summary>All lanes +0.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>Lane i is the i-th number from <paramref name="source"/> on.</summary>
    static abstract TSelf Load(ref float source);

    /// <summary>Every lane is <paramref name="value"/>.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Writes lane i to the i-th number from <paramref name="target"/> on.</summary>
    static abstract void Store(TSelf value, ref float target);

    /// <summary>Lane by lane a + b.</summary>
    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>Lane by lane a − b.</summary>
    static abstract TSelf Subtract(TSelf a, TSelf b);

    /// <summary>Lane by lane a · b.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    /// <summary>Lane by lane: <paramref name="value"/> where <paramref name="gate"/> &gt; 0, else +0.</summary>
    static abstract TSelf WherePositive(TSelf gate, TSelf value);

    /// <summary>
    /// The tree: lane i takes lane i + 8 (i &lt; 8), then lane i + 4 (i &lt; 4), then lane i + 2 (i &lt; 2), then lane 0 takes lane 1.
    /// </summary>
    static abstract float Sum(TSelf value);
}
