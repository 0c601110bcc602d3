using System.Collections.Immutable;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;

namespace Gaib.Grains.Revenue;

/// <summary>A withdrawal under way, stored before the book is told.</summary>
/// <param name="Withdrawn">What was decided.</param>
/// <param name="Command">The owner's command; null when the policy withdraws.</param>
[GenerateSerializer, Immutable]
internal sealed record PendingWithdrawal([property: Id(0)] Withdrawn Withdrawn, [property: Id(1)] CommandRecord? Command);

/// <summary>A policy under way, stored before the book is told, so that one that was replaced can't come back.</summary>
/// <param name="Set">What was decided.</param>
/// <param name="Command">The owner's command.</param>
[GenerateSerializer, Immutable]
internal sealed record PendingPolicy([property: Id(0)] PolicySet Set, [property: Id(1)] CommandRecord Command);

/// <summary>What a contributor's grain stores.</summary>
/// <param name="Settlement">Policies and totals.</param>
/// <param name="PolicyDigests">Per chain the digest of the policy in force: the cause of what it withdraws.</param>
/// <param name="Noticed">Per pool the highest total that a notice told.</param>
/// <param name="Vouchers">Every voucher so far.</param>
/// <param name="Withdrawals">How many withdrawals by policy the book has answered; the next one's place in the writer's sequence.</param>
/// <param name="Pending">A withdrawal that was decided and may not be in the book yet.</param>
/// <param name="ByCommand">The voucher that each signed withdrawal got.</param>
/// <param name="Setting">A policy that was decided and may not be in the book yet.</param>
[GenerateSerializer, Immutable]
internal sealed record ContributorKept(
    [property: Id(0)] SettlementState Settlement,
    [property: Id(1)] ImmutableSortedDictionary<ulong, Hash32> PolicyDigests,
    [property: Id(2)] ImmutableSortedDictionary<AccountId, UInt128> Noticed,
    [property: Id(3)] ImmutableArray<SignedVoucher> Vouchers,
    [property: Id(4)] ulong Withdrawals,
    [property: Id(5)] PendingWithdrawal? Pending,
    [property: Id(6)] ImmutableDictionary<Hash32, SignedVoucher> ByCommand,
    [property: Id(7)] PendingPolicy? Setting)
{
    public static ContributorKept Of(Address account) => new(
        SettlementState.Of(account),
        ImmutableSortedDictionary<ulong, Hash32>.Empty,
        ImmutableSortedDictionary<AccountId, UInt128>.Empty,
        [],
        0,
        null,
        ImmutableDictionary<Hash32, SignedVoucher>.Empty,
        null);
}
