namespace Gaib.Domain.Settlement;

/// <summary>What happened to the settlement of one account.</summary>
[GenerateSerializer, Immutable]
public abstract record SettlementEvent;

/// <summary>The account's policy for a chain was set or replaced.</summary>
/// <param name="Policy">The policy now in force.</param>
[GenerateSerializer, Immutable]
public sealed record PolicySet([property: Id(0)] SettlementPolicy Policy) : SettlementEvent;

/// <summary>The account was debited to <c>settlement:{chain}</c>.</summary>
/// <param name="Chain">EIP-155 chain id.</param>
/// <param name="Amount">What this withdrawal moved, in base units.</param>
/// <param name="Cumulative">All that the account has withdrawn to the chain, this withdrawal included.</param>
/// <param name="Epoch">Settlement epoch of this withdrawal.</param>
/// <param name="At">Unix milliseconds of the runtime's clock.</param>
[GenerateSerializer, Immutable]
public sealed record Withdrawn(
    [property: Id(0)] ulong Chain,
    [property: Id(1)] UInt128 Amount,
    [property: Id(2)] UInt128 Cumulative,
    [property: Id(3)] ulong Epoch,
    [property: Id(4)] long At) : SettlementEvent;
