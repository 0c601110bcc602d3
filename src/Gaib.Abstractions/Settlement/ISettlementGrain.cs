using System.Collections.Immutable;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Settlement;

namespace Gaib.Abstractions.Settlement;

/// <summary>One chain's settlement: vouchers, and the Merkle root over all accounts. Keyed by the chain id.</summary>
[Alias("gaib.settlement")]
public interface ISettlementGrain : IGrainWithIntegerKey
{
    /// <summary>Signs a voucher for what an account has withdrawn in total, and keeps the total in the account's slot.</summary>
    [Alias("voucher")]
    Task<Outcome<SignedVoucher>> Voucher(Address account, UInt128 cumulative);

    /// <summary>Closes the running epoch: fixes the root over all accounts' totals. A closed one keeps the root that it has.</summary>
    /// <param name="epoch">1, 2, 3 …</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch has not begun.</exception>
    [Alias("close")]
    Task<SettlementRoot> CloseEpoch(ulong epoch);

    /// <summary>The epoch that is running.</summary>
    [Alias("epoch")]
    Task<ulong> GetEpoch();

    /// <summary>Every root so far.</summary>
    [Alias("roots")]
    Task<ImmutableArray<SettlementRoot>> GetRoots();

    /// <summary>An account's leaf, slot and proof under the last root; null when it has no slot there.</summary>
    [Alias("proof")]
    Task<SettlementProof?> GetProof(Address account);
}

/// <summary>The root of an epoch.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Root">The Merkle root.</param>
/// <param name="Depth">Depth of the tree.</param>
/// <param name="Slots">The accounts and totals, in the order of their slots.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.settlementRoot")]
public sealed record SettlementRoot(
    [property: Id(0)] ulong Epoch,
    [property: Id(1)] Hash32 Root,
    [property: Id(2)] int Depth,
    [property: Id(3)] ImmutableArray<SettlementSlot> Slots);

/// <summary>What an account shows the contract.</summary>
/// <param name="Slot">The account's slot and total.</param>
/// <param name="Index">Number of the slot.</param>
/// <param name="Root">The root it proves against.</param>
/// <param name="Proof">Sibling hashes from the leaf up.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.settlementProof")]
public sealed record SettlementProof(
    [property: Id(0)] SettlementSlot Slot, [property: Id(1)] int Index, [property: Id(2)] Hash32 Root, [property: Id(3)] ImmutableArray<Hash32> Proof);
