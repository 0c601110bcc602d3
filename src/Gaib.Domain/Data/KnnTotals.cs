namespace Gaib.Domain.Data;

/// <summary>
/// Values of every training sample, summed undivided over the door samples added so far. Integer sums commute, so that
/// door samples may be shared out among threads, each with totals of its own, and <see cref="Add"/>ed in any order: the bits are the same.
/// </summary>
/// <remarks>An accumulator of one caller; not thread-safe.</remarks>
public sealed class KnnTotals
{
    /// <summary>Most door samples in one total, so that no sum can leave 64 bits (each value is below 2^46).</summary>
    public const int DoorSamplesMax = 1 << 16;

    private readonly long[] _values;
    private readonly long[] _doorValues;

    internal KnnTotals(int samples)
    {
        _values = new long[samples];
        _doorValues = new long[samples];
        Distances = new int[samples];
        Packed = new ulong[samples];
        Ranked = new int[samples];
    }

    /// <summary>Number of door samples added.</summary>
    public int DoorSamples { get; private set; }

    /// <summary>Exact Shapley values Σs, Q40, by position in the training set.</summary>
    public ReadOnlySpan<long> Values => _values;

    /// <summary>Door values Σd, Q40, by position in the training set.</summary>
    public ReadOnlySpan<long> DoorValues => _doorValues;

    internal Span<long> MutableValues => _values;

    internal Span<long> MutableDoorValues => _doorValues;

    // Scratch of the ranking, kept here so that a thousand door samples allocate once.
    internal int[] Distances { get; }

    internal ulong[] Packed { get; }

    internal int[] Ranked { get; }

    /// <summary>Adds the totals of other door samples over the same training set.</summary>
    /// <exception cref="ArgumentException">The training sets differ in size.</exception>
    /// <exception cref="InvalidOperationException">There would be more than <see cref="DoorSamplesMax"/> door samples.</exception>
    public void Add(KnnTotals other)
    {
        if (other._values.Length != _values.Length)
        {
            throw new ArgumentException("Totals of different training sets cannot be added.", nameof(other));
        }

        CountDoorSamples(other.DoorSamples);
        for (var i = 0; i < _values.Length; i++)
        {
            _values[i] = checked(_values[i] + other._values[i]);
            _doorValues[i] = checked(_doorValues[i] + other._doorValues[i]);
        }
    }

    internal void CountDoorSamples(int count)
    {
        if (count > DoorSamplesMax - DoorSamples)
        {
            throw new InvalidOperationException($"At most {DoorSamplesMax} door samples can be summed.");
        }

        DoorSamples += count;
    }
}
