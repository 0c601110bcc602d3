using System.Collections.Immutable;
using Gaib.Domain.Training;

namespace Gaib.Domain.Data;

/// <summary>A held-back part as it was committed before the first contribution.</summary>
/// <param name="Kind">Door, round or test.</param>
/// <param name="Root">Merkle root of its salted leaves.</param>
/// <param name="Count">Number of its samples.</param>
/// <param name="Pack">Content hash of its packed chunks, kept closed until the part is used.</param>
[GenerateSerializer, Immutable]
public sealed record HeldBackCommitment(
    [property: Id(0)] HeldBackKind Kind,
    [property: Id(1)] Hash32 Root,
    [property: Id(2)] int Count,
    [property: Id(3)] Hash32 Pack)
{
    /// <summary>The commitment of a part.</summary>
    public static HeldBackCommitment Of(HeldBackPart part) => new(
        part.Kind, MerkleTree.Root(part.Leaves().AsSpan()), part.Samples.Length, Keccak.Hash(ChunkPack.Encode(part.Chunks())));
}

/// <summary>All that a developer fixes about a job before anybody contributes.</summary>
/// <param name="Settings">Net and training.</param>
/// <param name="Shape">What a sample looks like.</param>
/// <param name="AttributionEvery">Every how many rounds data is paid; 1 for each.</param>
/// <param name="K">Neighbours of the valuation at the door.</param>
/// <param name="R">Ranks that earn a door value.</param>
/// <param name="BountyPrice">Base units for a whole door value of 1 a door sample.</param>
/// <param name="ClosesAt">Unix milliseconds at which contributions close.</param>
/// <param name="HeldBack">Door, round and test, in this order.</param>
[GenerateSerializer, Immutable]
public sealed record JobTerms(
    [property: Id(0)] TrainingSettings Settings,
    [property: Id(1)] DataShape Shape,
    [property: Id(2)] int AttributionEvery,
    [property: Id(3)] int K,
    [property: Id(4)] int R,
    [property: Id(5)] UInt128 BountyPrice,
    [property: Id(6)] long ClosesAt,
    [property: Id(7)] ImmutableArray<HeldBackCommitment> HeldBack)
{
    /// <summary>Version of the terms' hash.</summary>
    public const int RecordVersion = 1;

    /// <summary>
    /// keccak256(abi.encode(version, settings, features, featureMax, classes, attributionEvery, k, r, bountyPrice, closesAt, then per
    /// held-back part: kind, root, count)).
    /// </summary>
    public Hash32 Hash()
    {
        var words = new AbiWriter(20).UInt(RecordVersion).Hash(Settings.Hash())
            .UInt((uint)Shape.Features).UInt(Shape.FeatureMax).UInt(Shape.Classes)
            .UInt((uint)AttributionEvery).UInt((uint)K).UInt((uint)R).UInt(BountyPrice).Int(ClosesAt);
        foreach (var part in HeldBack)
        {
            words.UInt((uint)part.Kind).Hash(part.Root).UInt((uint)part.Count);
        }

        return words.Hash();
    }

    /// <summary>The first thing that is out of range, or null.</summary>
    public Rejection? Check() =>
        Settings.Validate()
        ?? Shape.Check()
        ?? new KnnTerms(K, R).Check()
        ?? (AttributionEvery is < 1 or > 1_000 ? new Rejection(Reason.JobInvalid, 1_000, AttributionEvery, "attributionEvery in 1..1000") : null)
        ?? (Settings.Shape.Features != Shape.Features ? new Rejection(Reason.JobInvalid, Shape.Features, Settings.Shape.Features, "layers[0]") : null)
        ?? (Settings.Shape.Classes != Shape.Classes ? new Rejection(Reason.JobInvalid, Shape.Classes, Settings.Shape.Classes, "classes") : null)
        ?? CheckHeldBack();

    private Rejection? CheckHeldBack()
    {
        HeldBackKind[] kinds = [HeldBackKind.Door, HeldBackKind.Round, HeldBackKind.Test];
        if (!HeldBack.Select(part => part.Kind).SequenceEqual(kinds))
        {
            return new Rejection(Reason.JobInvalid, kinds.Length, HeldBack.Length, "heldBack");
        }

        // Every round opens a slice of its own, so a round without a sample could judge nothing.
        return HeldBack[1].Count < Settings.Rounds ? new Rejection(Reason.JobInvalid, Settings.Rounds, HeldBack[1].Count, "heldBack.round")
            : HeldBack.Any(part => part.Count == 0) ? new Rejection(Reason.JobInvalid, 1, 0, "heldBack")
            : null;
    }
}
