using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>One committed chunk, read.</summary>
/// <param name="Contributor">Who committed it.</param>
/// <param name="Order">Its contribution's place in the job's commit order.</param>
/// <param name="Index">Its index in the contribution.</param>
/// <param name="Leaf">Its leaf.</param>
/// <param name="Sample">Its sample.</param>
[GenerateSerializer, Immutable]
public readonly record struct CommittedChunk(
    [property: Id(0)] Address Contributor,
    [property: Id(1)] ulong Order,
    [property: Id(2)] ulong Index,
    [property: Id(3)] Hash32 Leaf,
    [property: Id(4)] Sample Sample);

/// <summary>A held-back sample that was burnt: contributions committed later and near it are worth zero.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="FromOrder">Contributions with this commit order and all after came after the part was revealed.</param>
[GenerateSerializer, Immutable]
public readonly record struct RevealedSample([property: Id(0)] Sample Sample, [property: Id(1)] ulong FromOrder);

/// <summary>What a valuation is a function of.</summary>
/// <param name="Header">Roots, terms, rules, beacon, price and budget.</param>
/// <param name="Shape">What every sample looks like.</param>
/// <param name="Similarity">When two samples are near copies.</param>
/// <param name="Chunks">All committed chunks in commit order: by <see cref="CommittedChunk.Order"/>, then by index.</param>
/// <param name="Door">The door part's samples.</param>
/// <param name="Revealed">Held-back samples burnt before now, if any.</param>
[GenerateSerializer, Immutable]
public sealed record ValuationInput(
    [property: Id(0)] ValuationHeader Header,
    [property: Id(1)] DataShape Shape,
    [property: Id(2)] SimilarityRule Similarity,
    [property: Id(3)] ImmutableArray<CommittedChunk> Chunks,
    [property: Id(4)] ImmutableArray<Sample> Door,
    [property: Id(5)] ImmutableArray<RevealedSample> Revealed)
{
    /// <summary>
    /// Null when a valuation can run, else <see cref="Reason.FieldOutOfRange"/> (header, shape, similarity rule, number of door
    /// samples, order of the chunks) or <see cref="Reason.SampleInvalid"/>.
    /// </summary>
    public Rejection? Check()
    {
        var rejection = Header.Check() ?? Shape.Check();
        if (rejection is not null)
        {
            return rejection;
        }

        if (Similarity.Outliers < 0 || Similarity.Outliers > Shape.Features)
        {
            return new Rejection(Reason.FieldOutOfRange, Shape.Features, Similarity.Outliers, "outliers");
        }

        if (Door.IsDefaultOrEmpty || Door.Length > KnnTotals.DoorSamplesMax)
        {
            return new Rejection(Reason.FieldOutOfRange, KnnTotals.DoorSamplesMax, Door.IsDefault ? 0 : Door.Length, "door");
        }

        if (Chunks.Length > KnnShapley.SamplesMax)
        {
            return new Rejection(Reason.FieldOutOfRange, KnnShapley.SamplesMax, Chunks.Length, "chunks");
        }

        for (var i = 1; i < Chunks.Length; i++)
        {
            if ((Chunks[i - 1].Order, Chunks[i - 1].Index).CompareTo((Chunks[i].Order, Chunks[i].Index)) >= 0)
            {
                return new Rejection(Reason.FieldOutOfRange, Chunks[i - 1].Order, Chunks[i].Order, $"chunk {i}");
            }
        }

        return Chunks.Select(chunk => chunk.Sample)
            .Concat(Door)
            .Concat(Revealed.Select(revealed => revealed.Sample))
            .Select(Shape.Check)
            .FirstOrDefault(found => found is not null);
    }
}
