using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>One labelled sample in canonical form. Equal when features and label are.</summary>
[GenerateSerializer, Immutable]
public readonly struct Sample : IEquatable<Sample>
{
    [Id(0)] private readonly ImmutableArray<byte> _features;
    [Id(1)] private readonly ushort _label;

    /// <summary>A sample of the given features and label; whether they fit a job is for <see cref="DataShape.Check(Sample)"/>.</summary>
    /// <param name="features">One byte a feature.</param>
    /// <param name="label">The class.</param>
    public Sample(ImmutableArray<byte> features, ushort label) => (_features, _label) = (features, label);

    /// <summary>The features, one byte each.</summary>
    public ImmutableArray<byte> Features => _features.IsDefault ? [] : _features;

    /// <summary>The class.</summary>
    public ushort Label => _label;

    /// <inheritdoc/>
    public bool Equals(Sample other) => _label == other._label && Features.AsSpan().SequenceEqual(other.Features.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Sample other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Features.AsSpan());
        hash.Add(_label);
        return hash.ToHashCode();
    }

    /// <summary>Equality of features and label.</summary>
    public static bool operator ==(Sample left, Sample right) => left.Equals(right);

    /// <summary>Inequality of features or label.</summary>
    public static bool operator !=(Sample left, Sample right) => !left.Equals(right);
}
