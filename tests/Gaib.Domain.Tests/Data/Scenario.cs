using System.Collections.Immutable;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>Contributions brought in commit order, as the input of a valuation.</summary>
internal static class Scenario
{
    public static readonly Hash32 Beacon = Keccak.HashUtf8("beacon");

    public static Address AccountOf(string name) => Address.FromHash(Keccak.HashUtf8(name));

    /// <summary>The valuation's input. Roots are stand-ins: the valuation binds them, it does not read them.</summary>
    public static ValuationInput Input(
        ImmutableArray<Brought> contributions, HeldBackPart door, UInt128 price, UInt128 budget, ImmutableArray<RevealedSample> revealed = default)
    {
        var header = new ValuationHeader(
            Keccak.HashUtf8("train"),
            Keccak.HashUtf8("door"),
            KnnTerms.Default.K,
            KnnTerms.Default.R,
            Projector.RuleVersion,
            Beacon,
            KnnShapley.RuleVersion,
            price,
            budget);
        var chunks = contributions.SelectMany((brought, order) => brought.Samples.Select((sample, index) => new CommittedChunk(
            AccountOf(brought.Name),
            (ulong)order,
            (ulong)index,
            Chunk.Leaf((ulong)index, Keccak.HashUtf8($"{brought.Name} {index}"), SampleCodec.Encode(sample).AsSpan()),
            sample)));
        return new ValuationInput(
            header, DataShape.Digits, SimilarityRule.Digits, [.. chunks], door.Samples, revealed.IsDefault ? [] : revealed);
    }

    internal sealed record Brought(string Name, ImmutableArray<Sample> Samples);
}
