namespace Gaib.Domain.Training;

/// <summary>
/// Labelled samples as a device takes them: the features of all samples one after the other, and one label a sample. The order
/// counts, because batches name samples by index.
/// </summary>
/// <param name="FeatureCount">Bytes of one sample.</param>
/// <param name="Features">Count·FeatureCount bytes.</param>
/// <param name="Labels">Count bytes, each below the number of classes.</param>
public sealed record SampleSet(int FeatureCount, ReadOnlyMemory<byte> Features, ReadOnlyMemory<byte> Labels)
{
    /// <summary>Number of samples.</summary>
    public int Count => Labels.Length;

    /// <summary>The features of one sample.</summary>
    public ReadOnlySpan<byte> Row(int index) => Features.Span.Slice(checked(index * FeatureCount), FeatureCount);

    /// <summary>The samples named by <paramref name="indices"/>, in that order.</summary>
    public SampleSet Select(ReadOnlySpan<int> indices)
    {
        var features = new byte[checked(indices.Length * FeatureCount)];
        var labels = new byte[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            Row(indices[i]).CopyTo(features.AsSpan(i * FeatureCount));
            labels[i] = Labels.Span[indices[i]];
        }

        return new SampleSet(FeatureCount, features, labels);
    }

    /// <summary>
    /// Null when the set fits the net: at least one sample, as many features as inputs, every label a class. Else
    /// <see cref="Reason.SampleInvalid"/> with what was expected as limit.
    /// </summary>
    public Rejection? Validate(MlpShape shape)
    {
        if (FeatureCount != shape.Features)
        {
            return new Rejection(Reason.SampleInvalid, shape.Features, FeatureCount, "featureCount");
        }

        if (Count == 0 || Features.Length != (long)Count * FeatureCount)
        {
            return new Rejection(Reason.SampleInvalid, Math.Max(1, Count) * (Int128)FeatureCount, Features.Length, "features");
        }

        foreach (var label in Labels.Span)
        {
            if (label >= shape.Classes)
            {
                return new Rejection(Reason.SampleInvalid, shape.Classes - 1, label, "label");
            }
        }

        return null;
    }

    /// <summary>keccak256(abi.encode(featureCount, count, keccak256(features), keccak256(labels))).</summary>
    public Hash32 Hash() => new AbiWriter(4)
        .UInt((uint)FeatureCount).UInt((uint)Count).Hash(Keccak.Hash(Features.Span)).Hash(Keccak.Hash(Labels.Span)).Hash();

    /// <inheritdoc/>
    public bool Equals(SampleSet? other) =>
        other is not null && FeatureCount == other.FeatureCount
        && Features.Span.SequenceEqual(other.Features.Span) && Labels.Span.SequenceEqual(other.Labels.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(FeatureCount, Count);
}
