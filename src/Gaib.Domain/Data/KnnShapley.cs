namespace Gaib.Domain.Data;

/// <summary>
/// Exact Shapley values of training samples in the game of K nearest neighbours, in integers (Jia et al., "Efficient task-specific data
/// valuation for nearest neighbor algorithms", VLDB 2019, with the start corrected for N &lt; K). <c>valuationRule: 1</c>:
/// for one door sample rank the N training samples by squared distance, ties by <c>keccak256(beacon ‖ leaf)</c>, then by position. With
/// ranks from 1, b_i = 1 where the sample of rank i has the door sample's label (else 0), and inv[i] = ⌊2^40 / max(K, i)⌋:
/// <code>
/// s_N = b_N · ⌊2^40 · min(K, N) / (N · K)⌋
/// s_i = s_(i+1) + (b_i − b_(i+1)) · inv[i]
/// d_i = s_i − s_R  for i &lt; R = min(N, terms.R), else 0
/// </code>
/// s is the Shapley value of <c>v(S) = (matching labels among the min(K, |S|) nearest of S) / K</c> in Q40, within N·2^-40 of the rational. It
/// is positive for noise too; the door value d is what decides. Both are summed over door samples, undivided.
/// </summary>
/// <remarks>Immutable once made: threads may share it, each with its own <see cref="KnnTotals"/>.</remarks>
public sealed class KnnShapley
{
    /// <summary>Version of the valuation rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Fraction bits of a value.</summary>
    public const int FractionBits = 40;

    /// <summary>Most training samples.</summary>
    public const int SamplesMax = 1 << 24;

    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    private readonly sbyte[] _embeddings;
    private readonly ushort[] _labels;
    private readonly int[] _positions;
    private readonly long[] _inverse;
    private readonly long _last;
    private readonly int _doorRank;

    /// <summary>Prepares a training set: puts it into tie order once, so that a stable sort by distance settles all ties.</summary>
    /// <param name="embeddings">Row after row, 64 lanes within ±127 each (<see cref="Projector"/>).</param>
    /// <param name="labels">One a row.</param>
    /// <param name="leaves">One a row.</param>
    /// <param name="terms">K and R, in range.</param>
    /// <param name="beacon">The beacon drawn after the contributions closed.</param>
    /// <exception cref="ArgumentException">The three lists differ in length, are too long, or a lane is −128.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The terms are out of range.</exception>
    public KnnShapley(
        ReadOnlySpan<sbyte> embeddings, ReadOnlySpan<ushort> labels, ReadOnlySpan<Hash32> leaves, KnnTerms terms, Hash32 beacon)
    {
        var count = labels.Length;
        if (leaves.Length != count || count > SamplesMax || embeddings.Length != count * Projector.Lanes || embeddings.Contains(sbyte.MinValue))
        {
            throw new ArgumentException("A training set is a row of 64 lanes within ±127, a label and a leaf for each sample.");
        }

        if (terms.Check() is { } rejection)
        {
            throw new ArgumentOutOfRangeException(nameof(terms), rejection.ToString());
        }

        _positions = TieOrder(leaves, beacon);
        _embeddings = new sbyte[embeddings.Length];
        _labels = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            embeddings.Slice(_positions[i] * Projector.Lanes, Projector.Lanes).CopyTo(_embeddings.AsSpan(i * Projector.Lanes));
            _labels[i] = labels[_positions[i]];
        }

        _doorRank = Math.Min(count, terms.R);
        _inverse = new long[count + 1];
        for (var rank = 1; rank <= count; rank++)
        {
            _inverse[rank] = (1L << FractionBits) / Math.Max(terms.K, rank);
        }

        _last = count == 0 ? 0 : (1L << FractionBits) * Math.Min(terms.K, count) / ((long)count * terms.K);
    }

    /// <summary>Number of training samples.</summary>
    public int Count => _labels.Length;

    /// <summary>Totals over no door sample yet.</summary>
    public KnnTotals Start() => new(Count);

    /// <summary>Adds one door sample's values of every training sample to the totals.</summary>
    /// <param name="totals">Made by <see cref="Start"/>.</param>
    /// <param name="embedding">The door sample's 64 lanes within ±127.</param>
    /// <param name="label">Its label.</param>
    public void Score(KnnTotals totals, ReadOnlySpan<sbyte> embedding, ushort label)
    {
        if (embedding.Length != Projector.Lanes || embedding.Contains(sbyte.MinValue))
        {
            throw new ArgumentException("An embedding has 64 lanes within ±127.", nameof(embedding));
        }

        totals.CountDoorSamples(1);
        if (Count > 0)
        {
            Rank(totals, embedding, label);
            Accumulate(totals.Ranked, totals.MutableValues, totals.MutableDoorValues);
        }
    }

    private static int[] TieOrder(ReadOnlySpan<Hash32> leaves, Hash32 beacon)
    {
        var keys = new (Hash32 Hash, int Position)[leaves.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (Keccak.Hash(beacon, leaves[i]), i);
        }

        Array.Sort(keys, static (a, b) =>
        {
            var order = a.Hash.CompareTo(b.Hash);
            return order != 0 ? order : a.Position.CompareTo(b.Position);
        });
        return Array.ConvertAll(keys, static key => key.Position);
    }

    // A stable radix sort of the 22-bit distances by two 11-bit digits. What is ranked is position·2 + match, all that the
    // recurrence needs.
    private void Rank(KnnTotals totals, ReadOnlySpan<sbyte> embedding, ushort label)
    {
        Span<int> low = stackalloc int[Digits];
        Span<int> high = stackalloc int[Digits];
        low.Clear();
        high.Clear();
        var distances = totals.Distances;
        SquaredDistance.ToRows(_embeddings, embedding, distances);
        foreach (var distance in distances)
        {
            low[distance & (Digits - 1)]++;
            high[distance >> DigitBits]++;
        }

        ToOffsets(low);
        ToOffsets(high);
        var packed = totals.Packed;
        for (var i = 0; i < distances.Length; i++)
        {
            var distance = distances[i];
            var match = _labels[i] == label ? 1u : 0u;
            packed[low[distance & (Digits - 1)]++] = ((ulong)(uint)(distance >> DigitBits) << 32) | ((uint)_positions[i] << 1) | match;
        }

        var ranked = totals.Ranked;
        foreach (var entry in packed)
        {
            ranked[high[(int)(entry >> 32)]++] = (int)(uint)entry;
        }
    }

    private static void ToOffsets(Span<int> counts)
    {
        var offset = 0;
        foreach (ref var count in counts)
        {
            (count, offset) = (offset, offset + count);
        }
    }

    // From the farthest rank to the nearest, as the recurrence runs. ranked[i − 1] has rank i.
    private void Accumulate(ReadOnlySpan<int> ranked, Span<long> values, Span<long> doorValues)
    {
        var next = ranked[^1] & 1;
        var s = next * _last;
        values[ranked[^1] >> 1] += s;
        for (var rank = ranked.Length - 1; rank >= _doorRank; rank--)
        {
            s = Step(ranked[rank - 1], rank, s, ref next);
            values[ranked[rank - 1] >> 1] += s;
        }

        var floor = s;
        for (var rank = _doorRank - 1; rank >= 1; rank--)
        {
            s = Step(ranked[rank - 1], rank, s, ref next);
            values[ranked[rank - 1] >> 1] += s;
            doorValues[ranked[rank - 1] >> 1] += s - floor;
        }
    }

    private long Step(int entry, int rank, long s, ref int next)
    {
        var match = entry & 1;
        s += (match - next) * _inverse[rank];
        next = match;
        return s;
    }
}
