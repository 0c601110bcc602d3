using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gaib.Domain.Data;

/// <summary>
/// Clusters of copies. In commit order, a sample that is an exact or a near copy of any earlier one joins the cluster of the earliest such
/// sample; any other starts a cluster and is its canonical sample. A cluster counts once, for its canonical sample; all others count zero.
/// </summary>
/// <param name="Canonical">For each sample in commit order the position of its cluster's canonical sample, itself where it is that.</param>
/// <param name="Evidence">One pair for each sample that is not canonical, in commit order.</param>
/// <remarks>
/// What comes later never changes what came before: a copier that is near two honest samples does not join these (components of the
/// whole near graph would: ten noisy copies of all digits joined 32 honest samples to others). And earlier copies are compared with too,
/// so that copies of copies lead back to the original however far they drift.
/// </remarks>
public sealed record CopyClusters(ImmutableArray<int> Canonical, ImmutableArray<CopyEvidence> Evidence)
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>True where the sample is its cluster's canonical one.</summary>
    public bool IsCanonical(int position) => Canonical[position] == position;

    /// <summary>Finds the clusters.</summary>
    /// <param name="samples">The samples in commit order (order of the contribution, then chunk index), all of one shape.</param>
    /// <param name="rule">When two are near.</param>
    /// <remarks>Quadratic in the number of different samples: 20,000 of 64 features take about a second.</remarks>
    public static CopyClusters Find(ReadOnlySpan<Sample> samples, SimilarityRule rule)
    {
        var canonical = new int[samples.Length];
        var evidence = ImmutableArray.CreateBuilder<CopyEvidence>();
        var firstOf = new Dictionary<Hash32, int>(samples.Length);
        var width = samples.IsEmpty ? 0 : samples[0].Features.Length;
        var features = new byte[checked(samples.Length * width)];
        var distinct = new List<int>(samples.Length);
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = samples[i].Features.AsSpan();
            var key = SampleCodec.FeatureKey(sample);
            var pair = firstOf.TryGetValue(key, out var original)
                ? new CopyEvidence(CopyKind.Exact, i, original, 0)
                : FindNear(features, distinct, i, sample, rule);
            canonical[i] = pair is { } found ? canonical[found.Original] : i;
            if (pair is not null)
            {
                evidence.Add(pair.Value);
            }

            if (firstOf.TryAdd(key, i))
            {
                sample.CopyTo(features.AsSpan(distinct.Count * width));
                distinct.Add(i);
            }
        }

        return new CopyClusters(ImmutableCollectionsMarshal.AsImmutableArray(canonical), evidence.DrainToImmutable());
    }

    // The features of the distinct samples lie row after row, since chasing an array a sample would triple the time.
    private static CopyEvidence? FindNear(
        byte[] features, List<int> distinct, int position, ReadOnlySpan<byte> sample, SimilarityRule rule)
    {
        for (var row = 0; row < distinct.Count; row++)
        {
            var distance = rule.Distance(features.AsSpan(row * sample.Length, sample.Length), sample);
            if (distance <= rule.Outliers)
            {
                return new CopyEvidence(CopyKind.Near, position, distinct[row], distance);
            }
        }

        return null;
    }
}
