using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;
using Gaib.Domain;
using Gaib.Domain.Settlement;

namespace Gaib.Grains.Settlement;

/// <summary>One chain's settlement. An account's total is kept in its slot before a voucher over it leaves this grain.</summary>
[GrainType("gaib.settlement")]
internal sealed class SettlementGrain(
    [PersistentState("settlement", "gaib")] IPersistentState<Kept<SettlementKept>> kept,
    Network network,
    ISettlementSigner signer,
    IClock clock) : KeptGrain<SettlementKept>(kept), ISettlementGrain
{
    private const ulong VoucherValidSeconds = 365 * 24 * 3600;

    private SettlementTree? _tree;

    private ulong Chain => (ulong)this.GetPrimaryKeyLong();

    private SettlementKept Totals => State ?? SettlementKept.Empty;

    private Address Token => network.Genesis.VerifyingContract;

    private SettlementTree Tree => _tree ??= SettlementTree.Build(Token, Totals.Slots.AsSpan());

    public async Task<Outcome<SignedVoucher>> Voucher(Address account, UInt128 cumulative)
    {
        var known = Totals.Vouchers.GetValueOrDefault(account);
        if (known is not null && known.Voucher.Cumulative == cumulative)
        {
            return known;
        }

        // The contract compares the deadline with the block's time, which counts in seconds.
        var deadline = (ulong)(clock.Now / 1_000) + VoucherValidSeconds;
        var voucher = new SettlementVoucher(account, Token, cumulative, Totals.Epoch, deadline);
        var decided = SettlementRules.DecideVoucher(known?.Voucher, voucher, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var set = Tree.Set(account, cumulative);
        if (!set.Accepted)
        {
            return set.Rejection;
        }

        try
        {
            var signed = new SignedVoucher(voucher, Chain, await signer.SignAsync(voucher, Chain));
            await KeepAsync(Totals with { Slots = [.. Tree.Slots], Vouchers = Totals.Vouchers.SetItem(account, signed) });
            return signed;
        }
        catch
        {
            // The tree was changed before the total was stored; it is made again from what is.
            _tree = null;
            throw;
        }
    }

    public async Task<SettlementRoot> CloseEpoch(ulong epoch)
    {
        if (epoch > Totals.Epoch)
        {
            throw new ArgumentOutOfRangeException(nameof(epoch), epoch, $"Epoch {Totals.Epoch} is running.");
        }

        if (Totals.Roots.FirstOrDefault(known => known.Epoch == epoch) is { } closed)
        {
            return closed;
        }

        var root = new SettlementRoot(Totals.Epoch, Tree.Root, Tree.Depth, Totals.Slots);
        await KeepAsync(Totals with { Roots = Totals.Roots.Add(root), Epoch = Totals.Epoch + 1 });
        return root;
    }

    public Task<ulong> GetEpoch() => Task.FromResult(Totals.Epoch);

    public Task<ImmutableArray<SettlementRoot>> GetRoots() => Task.FromResult(Totals.Roots);

    public Task<SettlementProof?> GetProof(Address account)
    {
        if (Totals.Roots is not [.., var last])
        {
            return Task.FromResult<SettlementProof?>(null);
        }

        var tree = SettlementTree.Build(Token, last.Slots.AsSpan());
        return Task.FromResult(tree.TryGetSlot(account, out var slot)
            ? new SettlementProof(tree.Slots[slot], slot, last.Root, tree.Proof(slot))
            : null);
    }
}

/// <summary>What a chain's settlement grain stores.</summary>
/// <param name="Epoch">The running epoch.</param>
/// <param name="Slots">Accounts and totals in the order of their slots.</param>
/// <param name="Vouchers">The last voucher of each account.</param>
/// <param name="Roots">The root of each closed epoch.</param>
[GenerateSerializer, Immutable]
internal sealed record SettlementKept(
    [property: Id(0)] ulong Epoch,
    [property: Id(1)] ImmutableArray<SettlementSlot> Slots,
    [property: Id(2)] ImmutableSortedDictionary<Address, SignedVoucher> Vouchers,
    [property: Id(3)] ImmutableArray<SettlementRoot> Roots)
{
    public static SettlementKept Empty { get; } = new(1, [], ImmutableSortedDictionary<Address, SignedVoucher>.Empty, []);
}
