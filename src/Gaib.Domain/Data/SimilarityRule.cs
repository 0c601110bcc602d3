using System.Numerics;
using System.Runtime.Intrinsics;

namespace Gaib.Domain.Data;

/// <summary>
/// When two samples are near copies. Rule 1: count the features that differ by more than <see cref="Tolerance"/>; near when there are at
/// most <see cref="Outliers"/> of them. The count is the pair's distance. Labels play no part.
/// </summary>
/// <param name="Tolerance">Largest difference of a feature that counts as none, in units of the feature, 0 to 254.</param>
/// <param name="Outliers">Most features that may differ by more, 0 to the number of features.</param>
/// <remarks>
/// For the digits (64 features of 0 to 16) the numbers of <see cref="For"/>, 2 and 2, were chosen on the data: every copy with ±1 or
/// ±2 grey-level noise on every pixel is caught (1,797 of 1,797), also with two more pixels changed at will, and 1 of the 1,613,706
/// pairs of different digits is merged, which costs 1 honest sample of 1,797. Three outliers would merge 9 pairs, a tolerance of 3 with
/// 2 outliers 91. What it does not catch: ±3 noise (0 of 1,797) and an image moved by a pixel (0 of 1,797). Reproduce by
/// <c>dotnet test --project tests/Gaib.Domain.Tests --filter-class '*SimilarityRuleTests' --output Detailed</c>.
/// </remarks>
[GenerateSerializer, Immutable]
public sealed record SimilarityRule([property: Id(0)] byte Tolerance, [property: Id(1)] int Outliers)
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>The rule for <see cref="DataShape.Digits"/>: 2 and 2.</summary>
    public static SimilarityRule Digits { get; } = For(DataShape.Digits);

    /// <summary>
    /// The rule of a shape: tolerance ⌊featureMax / 8⌋, outliers ⌊features / 32⌋. Made for images, where most features of two different
    /// samples differ; a job over a few broad numbers states a tighter rule of its own.
    /// </summary>
    public static SimilarityRule For(DataShape shape) => new((byte)(shape.FeatureMax / 8), shape.Features / 32);

    /// <summary>
    /// The number of features that differ by more than the tolerance; counting may stop once it exceeds <see cref="Outliers"/>, so that
    /// a larger answer says only that the pair is not near.
    /// </summary>
    /// <exception cref="ArgumentException">The samples have different numbers of features.</exception>
    public int Distance(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"Samples of {left.Length} and {right.Length} features cannot be compared.", nameof(right));
        }

        var count = 0;
        var at = 0;
        var tolerance = Vector256.Create(Tolerance);
        for (; at <= left.Length - Vector256<byte>.Count && count <= Outliers; at += Vector256<byte>.Count)
        {
            var a = Vector256.Create(left[at..]);
            var b = Vector256.Create(right[at..]);
            var within = Vector256.LessThanOrEqual(Vector256.Max(a, b) - Vector256.Min(a, b), tolerance);
            count += BitOperations.PopCount(~within.ExtractMostSignificantBits());
        }

        for (; at < left.Length && count <= Outliers; at++)
        {
            count += Math.Abs(left[at] - right[at]) > Tolerance ? 1 : 0;
        }

        return count;
    }

    /// <summary>True when the two are near copies (or equal).</summary>
    public bool Near(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Distance(left, right) <= Outliers;
}
