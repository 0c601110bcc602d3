namespace Gaib.Domain.Settlement;

/// <summary>One slot of the settlement tree. An account keeps its slot forever.</summary>
/// <param name="Account">Whose slot it is.</param>
/// <param name="Cumulative">All that the account has ever withdrawn to the tree's chain, in base units.</param>
[GenerateSerializer, Immutable]
public readonly record struct SettlementSlot([property: Id(0)] Address Account, [property: Id(1)] UInt128 Cumulative);
