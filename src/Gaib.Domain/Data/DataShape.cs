namespace Gaib.Domain.Data;

/// <summary>What every sample of a job looks like. Fixed when the job is made; contributions of another shape are refused.</summary>
/// <param name="Features">Number of features of a sample, 1 to <see cref="FeaturesMax"/>.</param>
/// <param name="FeatureMax">Largest value of a feature, 1 to 255; the smallest is 0.</param>
/// <param name="Classes">Number of labels, 2 to 65,535; labels are 0 to Classes − 1.</param>
[GenerateSerializer, Immutable]
public sealed record DataShape(
    [property: Id(0)] int Features,
    [property: Id(1)] byte FeatureMax,
    [property: Id(2)] ushort Classes)
{
    /// <summary>Most features that a sample may have.</summary>
    public const int FeaturesMax = 1 << 20;

    /// <summary>The 8×8 handwritten digits: 64 grey levels from 0 to 16, ten classes.</summary>
    public static DataShape Digits { get; } = new(64, 16, 10);

    /// <summary>Null when the shape itself is in range, else <see cref="Reason.FieldOutOfRange"/> with the field.</summary>
    public Rejection? Check() => this switch
    {
        { Features: < 1 or > FeaturesMax } => new Rejection(Reason.FieldOutOfRange, FeaturesMax, Features, "features"),
        { FeatureMax: 0 } => new Rejection(Reason.FieldOutOfRange, 1, FeatureMax, "featureMax"),
        { Classes: < 2 } => new Rejection(Reason.FieldOutOfRange, 2, Classes, "classes"),
        _ => null,
    };

    /// <summary>Null when the sample fits this shape, else <see cref="Reason.SampleInvalid"/> with the first field that does not.</summary>
    public Rejection? Check(Sample sample)
    {
        if (sample.Features.Length != Features)
        {
            return new Rejection(Reason.SampleInvalid, Features, sample.Features.Length, "features");
        }

        var above = sample.Features.AsSpan().IndexOfAnyExceptInRange((byte)0, FeatureMax);
        if (above >= 0)
        {
            return new Rejection(Reason.SampleInvalid, FeatureMax, sample.Features[above], $"feature {above}");
        }

        return sample.Label < Classes ? null : new Rejection(Reason.SampleInvalid, Classes - 1, sample.Label, "label");
    }
}
