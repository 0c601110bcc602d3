namespace Gaib.Domain.Data;

/// <summary>All that a valuation at the door depends on besides the samples themselves.</summary>
/// <param name="TrainRoot">Merkle root of the leaves of all committed chunks in commit order (which of them are canonical follows).</param>
/// <param name="DoorRoot">Merkle root of the leaves of the door part.</param>
/// <param name="K">Neighbours that vote.</param>
/// <param name="R">Rank from which a sample has no door value; min(N, R) is used.</param>
/// <param name="Embedder">Version of the projector, <see cref="Projector.RuleVersion"/>.</param>
/// <param name="Beacon">The beacon drawn after the contributions closed.</param>
/// <param name="ValuationRule">Version of the valuation rule, <see cref="KnnShapley.RuleVersion"/>.</param>
/// <param name="Price">Base units for a door value of 1 (that is 2^40) in the mean over the door samples.</param>
/// <param name="Budget">Funded base units; never exceeded.</param>
[GenerateSerializer, Immutable]
public sealed record ValuationHeader(
    [property: Id(0)] Hash32 TrainRoot,
    [property: Id(1)] Hash32 DoorRoot,
    [property: Id(2)] int K,
    [property: Id(3)] int R,
    [property: Id(4)] int Embedder,
    [property: Id(5)] Hash32 Beacon,
    [property: Id(6)] int ValuationRule,
    [property: Id(7)] UInt128 Price,
    [property: Id(8)] UInt128 Budget)
{
    /// <summary>K and R.</summary>
    public KnnTerms Terms => new(K, R);

    /// <summary>
    /// keccak256(abi.encode(bytes32 trainRoot, bytes32 doorRoot, uint256 K, uint256 R, uint256 embedder, bytes32 beacon, uint256
    /// valuationRule, uint256 price, uint256 budget)).
    /// </summary>
    public Hash32 Hash() => new AbiWriter(9)
        .Hash(TrainRoot)
        .Hash(DoorRoot)
        .UInt((UInt128)K)
        .UInt((UInt128)R)
        .UInt((UInt128)Embedder)
        .Hash(Beacon)
        .UInt((UInt128)ValuationRule)
        .UInt(Price)
        .UInt(Budget)
        .Hash();

    /// <summary>Null when the numbers are in range and the rules known, else <see cref="Reason.FieldOutOfRange"/> with the field.</summary>
    public Rejection? Check() =>
        Terms.Check()
        ?? (Embedder != Projector.RuleVersion ? new Rejection(Reason.FieldOutOfRange, Projector.RuleVersion, Embedder, "embedder") : null)
        ?? (ValuationRule != KnnShapley.RuleVersion
            ? new Rejection(Reason.FieldOutOfRange, KnnShapley.RuleVersion, ValuationRule, "valuationRule")
            : null);
}
