using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Training;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Data;

/// <summary>A line of beacons.ndjson.</summary>
internal sealed record BeaconLine(LineAt At, ulong Epoch, Hash32 Preimage, Hash32 CommitmentsRoot, Hash32 Beacon, ImmutableArray<Hash32> Commitments)
{
    public static BeaconLine Read(JsonLine line) => new(
        line.At, line.UInt64("epoch"), line.Hash("preimage"), line.Hash("commitmentsRoot"), line.Hash("beacon"), line.Hashes("commitments"));
}

/// <summary>A line of jobs.ndjson.</summary>
internal sealed record JobLine(
    LineAt At,
    Hash32 Job,
    Address Developer,
    UInt128 Nonce,
    UInt128 Budget,
    Hash32 TermsHash,
    TrainingSettings Settings,
    int Features,
    byte FeatureMax,
    ushort Classes,
    int AttributionEvery,
    int K,
    int R,
    UInt128 BountyPrice,
    long ClosesAt,
    ImmutableArray<HeldBackLine> HeldBack,
    ulong BeaconEpoch,
    ImmutableArray<Hash32> Datasets)
{
    public static JobLine Read(JsonLine line) => new(
        line.At, line.Hash("job"), line.Person("developer"), line.Amount("nonce"), line.Amount("budget"), line.Hash("termsHash"),
        line.Object("settings", ReadSettings), line.Int32("features"), line.Byte("featureMax"), line.UInt16("classes"),
        line.Int32("attributionEvery"), line.Int32("k"), line.Int32("r"), line.Amount("bountyPrice"), line.Int64("closesAt"),
        line.List("heldBack", HeldBackLine.Read), line.UInt64("beaconEpoch"), line.Hashes("datasets"));

    private static TrainingSettings ReadSettings(JsonLine line) => new(
        new MlpShape(line.Ints("layers"), line.Int32("inputScaleLog2")), line.Int32("rounds"), line.Int32("workerSlots"),
        line.Int32("innerSteps"), line.Int32("batch"), line.Int32("innerRatePpm"), line.Int32("outerRatePpm"), line.Int32("outerMomentumPpm"));
}

/// <summary>One held-back part of a job.</summary>
internal sealed record HeldBackLine(HeldBackKind Kind, Hash32 Root, int Count, Hash32 Blob, long? BurntFrom)
{
    public static HeldBackLine Read(JsonLine line) =>
        new(line.Word<HeldBackKind>("kind"), line.Hash("root"), line.Int32("count"), line.Hash("blob"), line.Int64OrNull("burntFrom"));
}

/// <summary>A line of datasets.ndjson.</summary>
internal sealed record DatasetLine(
    LineAt At,
    Hash32 Dataset,
    Hash32 Job,
    Address Contributor,
    ulong Order,
    ManifestLine Manifest,
    Signature Signature,
    long CommittedAt,
    DatasetPhase Phase)
{
    public static DatasetLine Read(JsonLine line) => new(
        line.At, line.Hash("dataset"), line.Hash("job"), line.Person("contributor"), line.UInt64("order"),
        line.Object("manifest", ManifestLine.Read), line.Signature("signature"), line.Int64("committedAt"), line.Word<DatasetPhase>("phase"));
}

/// <summary>The manifest of a dataset; its contributor and job stand beside it.</summary>
internal sealed record ManifestLine(Hash32 Root, ulong Chunks, ulong Bytes, string Licence, long ValidUntil, UInt128 Nonce, long Deadline)
{
    public static ManifestLine Read(JsonLine line) => new(
        line.Hash("root"), line.UInt64("chunks"), line.UInt64("bytes"), line.Text("licence"), line.Int64("validUntil"),
        line.Amount("nonce"), line.Int64("deadline"));
}

/// <summary>A line of chunks.ndjson.</summary>
internal sealed record ChunkLine(
    LineAt At,
    Hash32 Dataset,
    Address Contributor,
    ulong Index,
    Hash32 Leaf,
    Hash32 Salt,
    Hash32 Blob,
    byte Label,
    ImmutableArray<byte> Embedding,
    int Cluster,
    bool Canonical,
    bool Admitted)
{
    /// <summary>The cluster of a chunk whose job was not valued yet.</summary>
    public const int NoCluster = -1;

    public static ChunkLine Read(JsonLine line) => new(
        line.At, line.Hash("dataset"), line.Person("contributor"), line.UInt64("index"), line.Hash("leaf"), line.Hash("salt"),
        line.Hash("blob"), line.Byte("label"), line.Bytes("embedding"), line.Int32OrNull("cluster") ?? NoCluster, line.Bool("canonical"), line.Bool("admitted"));
}

/// <summary>A line of valuations.ndjson: a job's header, or one chunk of the job whose header came last.</summary>
internal abstract record ValuationLine(LineAt At)
{
    public static ValuationLine Read(JsonLine line) => line.Has("job")
        ? new ValuationHeaderLine(
            line.At, line.Hash("job"), line.Hash("trainRoot"), line.Hash("doorRoot"), line.Int32("k"), line.Int32("r"),
            line.Int32("embedder"), line.Hash("beacon"), line.Int32("valuationRule"), line.Amount("price"), line.Amount("budget"),
            line.Hash("hash"))
        : new ValuationChunkLine(
            line.At, line.Hash("leaf"), line.Person("contributor"), line.Signed("value"), line.Signed("doorValue"), line.Amount("bounty"));
}

/// <summary>What a job's valuation was made from.</summary>
internal sealed record ValuationHeaderLine(
    LineAt At,
    Hash32 Job,
    Hash32 TrainRoot,
    Hash32 DoorRoot,
    int K,
    int R,
    int Embedder,
    Hash32 Beacon,
    int ValuationRule,
    UInt128 Price,
    UInt128 Budget,
    Hash32 Hash) : ValuationLine(At);

/// <summary>What one chunk came to.</summary>
internal sealed record ValuationChunkLine(LineAt At, Hash32 Leaf, Address Contributor, Int128 Value, Int128 DoorValue, UInt128 Bounty)
    : ValuationLine(At);
