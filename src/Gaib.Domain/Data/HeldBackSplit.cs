using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>How many samples each held-back part gets.</summary>
/// <param name="Door">Samples that value contributions.</param>
/// <param name="Round">Samples that judge rounds.</param>
/// <param name="Test">Samples that measure the model.</param>
[GenerateSerializer, Immutable]
public sealed record HeldBackSizes(
    [property: Id(0)] int Door,
    [property: Id(1)] int Round,
    [property: Id(2)] int Test);

/// <summary>
/// A list of samples split into the three held-back parts and the rest. Rule 1: the positions 0 … n − 1 are shuffled by
/// <c>KeccakStream.For(seed, "gaib.heldback")</c>; the first Door positions are the door part, the next Round the round part, the next
/// Test the test part, and what remains keeps its shuffled order. The salt of sample i of a part is
/// <c>keccak256(abi.encode(seed, uint256 kind, uint256 i))</c>.
/// </summary>
/// <param name="Door">The door part.</param>
/// <param name="Round">The round part.</param>
/// <param name="Test">The test part.</param>
/// <param name="Rest">Positions of all other samples, in shuffled order.</param>
/// <remarks>The seed is the operator's secret until every part is burnt: burning one part shows its salts, not the seed.</remarks>
[GenerateSerializer, Immutable]
public sealed record HeldBackSplit(
    [property: Id(0)] HeldBackPart Door,
    [property: Id(1)] HeldBackPart Round,
    [property: Id(2)] HeldBackPart Test,
    [property: Id(3)] ImmutableArray<int> Rest)
{
    /// <summary>Version of the splitting rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Splits; <see cref="Reason.FieldOutOfRange"/> when a size is negative or the sizes exceed the samples.</summary>
    public static Outcome<HeldBackSplit> Split(ImmutableArray<Sample> samples, HeldBackSizes sizes, Hash32 seed)
    {
        var held = (long)sizes.Door + sizes.Round + sizes.Test;
        if (sizes.Door < 0 || sizes.Round < 0 || sizes.Test < 0 || held > samples.Length)
        {
            return new Rejection(Reason.FieldOutOfRange, samples.Length, held, "sizes");
        }

        var positions = Enumerable.Range(0, samples.Length).ToArray();
        KeccakStream.For(seed, "gaib.heldback").Shuffle<int>(positions);
        var roundStart = sizes.Door;
        var testStart = roundStart + sizes.Round;
        return new HeldBackSplit(
            Part(HeldBackKind.Door, positions[..roundStart]),
            Part(HeldBackKind.Round, positions[roundStart..testStart]),
            Part(HeldBackKind.Test, positions[testStart..(int)held]),
            [.. positions[(int)held..]]);

        HeldBackPart Part(HeldBackKind kind, int[] sources) => new(
            kind,
            [.. sources],
            [.. sources.Select(source => samples[source])],
            [.. sources.Select((_, i) => Salt(seed, kind, i))]);
    }

    private static Hash32 Salt(Hash32 seed, HeldBackKind kind, int index) =>
        new AbiWriter(3).Hash(seed).UInt((UInt128)(int)kind).UInt((UInt128)index).Hash();
}
