namespace Gaib.Bench.Report;

/// <summary>What the rounds of one measurement gave.</summary>
/// <param name="Min">The least.</param>
/// <param name="Median">The middle one; of an even number the mean of the middle two.</param>
/// <param name="Max">The greatest.</param>
internal readonly record struct Spread(double Min, double Median, double Max)
{
    /// <summary>The spread of at least one sample.</summary>
    public static Spread Of(IEnumerable<double> samples)
    {
        var sorted = samples.Order().ToArray();
        var middle = sorted.Length / 2;
        return new Spread(sorted[0], sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[^1]);
    }

    /// <summary>A value that was not measured, or measured once.</summary>
    public static Spread Just(double value) => new(value, value, value);
}
