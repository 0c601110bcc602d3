namespace Gaib.Domain.Data;

/// <summary>Why two samples count as one.</summary>
public enum CopyKind
{
    /// <summary>The canonical features are the same.</summary>
    Exact = 1,

    /// <summary>The features are near by the similarity rule.</summary>
    Near = 2,

    /// <summary>The sample is near one that was held back and has been revealed before it was committed.</summary>
    HeldBack = 3,
}

/// <summary>One pair that made a sample count zero.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Copy">Position in commit order of the later sample.</param>
/// <param name="Original">Position of the earlier sample; of the revealed sample in its list for <see cref="CopyKind.HeldBack"/>.</param>
/// <param name="Distance">Distance by the similarity rule; 0 for an exact copy.</param>
[GenerateSerializer, Immutable]
public readonly record struct CopyEvidence(
    [property: Id(0)] CopyKind Kind,
    [property: Id(1)] int Copy,
    [property: Id(2)] int Original,
    [property: Id(3)] int Distance);
