using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;

namespace Gaib.Abstractions.Revenue;

/// <summary>A contributor: hears of revenue, withdraws by its owner's policy, asks for vouchers. Keyed by the address.</summary>
[Alias("gaib.contributor")]
public interface IContributorGrain : IGrainWithStringKey
{
    /// <summary>Sets the standing order by which this grain withdraws.</summary>
    [Alias("policy")]
    Task<Outcome<SettlementState>> SetPolicy(Signed<SettlementPolicy> command);

    /// <summary>Withdraws once.</summary>
    [Alias("withdraw")]
    Task<Outcome<SignedVoucher>> Withdraw(Signed<Withdraw> command);

    /// <summary>Collects from all pools, and withdraws if the policy for the chain is due.</summary>
    /// <returns>The voucher; or PolicyNotDue, PolicyExpired and so on, with the numbers.</returns>
    [Alias("settle")]
    Task<Outcome<SignedVoucher>> SettleIfDue(ulong chain);

    /// <summary>What this contributor has earned: asked from the pools themselves, whatever notices were lost.</summary>
    [Alias("earnings")]
    Task<ContributorEarnings> GetEarnings();
}

/// <summary>What a contributor knows of its revenue.</summary>
/// <param name="Pools">Per pool the cumulative total, asked now.</param>
/// <param name="Noticed">Per pool the highest total that a notice told.</param>
/// <param name="Vouchers">Every voucher so far.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.contributorEarnings")]
public sealed record ContributorEarnings(
    [property: Id(0)] ImmutableSortedDictionary<AccountId, UInt128> Pools,
    [property: Id(1)] ImmutableSortedDictionary<AccountId, UInt128> Noticed,
    [property: Id(2)] ImmutableArray<SignedVoucher> Vouchers);

/// <summary>A voucher with the settlers' signatures.</summary>
/// <param name="Voucher">What may be claimed in total.</param>
/// <param name="Chain">On which chain.</param>
/// <param name="Signatures">In ascending order of the settlers' addresses.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.signedVoucher")]
public sealed record SignedVoucher(
    [property: Id(0)] SettlementVoucher Voucher, [property: Id(1)] ulong Chain, [property: Id(2)] ImmutableArray<Signature> Signatures);
