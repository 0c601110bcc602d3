using System.Collections.Immutable;

namespace Gaib.Domain.Settlement;

/// <summary>What an account has withdrawn to one chain so far. A growing total: it never falls.</summary>
/// <param name="Cumulative">Sum of all withdrawals to the chain, in base units.</param>
/// <param name="Epoch">Settlement epoch of the last withdrawal.</param>
/// <param name="LastAt">Time of the last withdrawal, Unix milliseconds of the runtime's clock.</param>
[GenerateSerializer, Immutable]
public sealed record ChainTotal(
    [property: Id(0)] UInt128 Cumulative,
    [property: Id(1)] ulong Epoch,
    [property: Id(2)] long LastAt);

/// <summary>The settlement of one account, over all chains.</summary>
/// <param name="Account">Whose settlement this is.</param>
/// <param name="Policies">The policy in force by chain id, expired ones included until they are replaced.</param>
/// <param name="Totals">What was withdrawn by chain id; no entry before the first withdrawal.</param>
[GenerateSerializer, Immutable]
public sealed record SettlementState(
    [property: Id(0)] Address Account,
    [property: Id(1)] ImmutableSortedDictionary<ulong, SettlementPolicy> Policies,
    [property: Id(2)] ImmutableSortedDictionary<ulong, ChainTotal> Totals)
{
    /// <summary>An account that has neither a policy nor a withdrawal.</summary>
    public static SettlementState Of(Address account) => new(
        account,
        ImmutableSortedDictionary<ulong, SettlementPolicy>.Empty,
        ImmutableSortedDictionary<ulong, ChainTotal>.Empty);

    /// <summary>All that the account has ever withdrawn to the chain, in base units; 0 before the first withdrawal.</summary>
    public UInt128 Cumulative(ulong chain) => Totals.TryGetValue(chain, out var total) ? total.Cumulative : 0;
}
