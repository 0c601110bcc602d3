namespace Gaib.Domain.Data;

/// <summary>The two numbers of KNN-Shapley.</summary>
/// <param name="K">Neighbours that vote, 1 to <see cref="KMax"/>.</param>
/// <param name="R">Rank from which a sample has no door value, 1 or more; ranks count from 1, and the rank used is min(N, R).</param>
[GenerateSerializer, Immutable]
public readonly record struct KnnTerms([property: Id(0)] int K, [property: Id(1)] int R)
{
    /// <summary>Largest K.</summary>
    public const int KMax = 1 << 20;

    /// <summary>K = 5, R = 100.</summary>
    public static KnnTerms Default => new(5, 100);

    /// <summary>Null when both are in range, else <see cref="Reason.FieldOutOfRange"/>.</summary>
    public Rejection? Check() => this switch
    {
        { K: < 1 or > KMax } => new Rejection(Reason.FieldOutOfRange, KMax, K, "K"),
        { R: < 1 } => new Rejection(Reason.FieldOutOfRange, 1, R, "R"),
        _ => null,
    };
}
