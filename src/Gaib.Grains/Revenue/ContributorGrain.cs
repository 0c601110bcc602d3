using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Grains.Money;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Gaib.Grains.Revenue;

/// <summary>
/// A contributor. Notices only raise what it has heard; value moves when it collects and withdraws, by its owner's signature. A
/// withdrawal is stored before the book is told, so that its id is the same however often it is told.
/// </summary>
[ImplicitStreamSubscription(RevenueNotice.StreamNamespace)]
[GrainType("gaib.contributor")]
internal sealed class ContributorGrain(
    [PersistentState("contributor", "gaib")] IPersistentState<Kept<ContributorKept>> kept,
    ICommandVerifier verifier,
    IClock clock) : KeptGrain<ContributorKept>(kept), IContributorGrain, IStreamSubscriptionObserver, IAsyncObserver<RevenueNotice>
{
    private Address Account => Address.Parse(this.GetPrimaryKeyString());

    private ContributorKept Kept => State ?? ContributorKept.Of(Account);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State?.Pending is { } pending)
        {
            await FinishAsync(pending);
        }
    }

    public async Task<Outcome<SettlementState>> SetPolicy(Signed<SettlementPolicy> command)
    {
        var decided = SettlementRules.Decide(Kept.Settlement, command.Command, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var executed = await GrainFactory.ExecuteAsync(verifier, command);
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        await KeepAsync(Kept with
        {
            Settlement = SettlementRules.Evolve(Kept.Settlement, decided.Value),
            PolicyDigests = Kept.PolicyDigests.SetItem(command.Command.Chain, verifier.Digest(command.Command)),
        });
        return Kept.Settlement;
    }

    public async Task<Outcome<SignedVoucher>> Withdraw(Signed<Withdraw> command)
    {
        var digest = verifier.Digest(command.Command);
        if (Kept.ByCommand.TryGetValue(digest, out var known))
        {
            return known;
        }

        var chain = command.Command.Chain;
        var epoch = await GrainFactory.GetGrain<ISettlementGrain>((long)chain).GetEpoch();
        var decided = SettlementRules.Decide(Kept.Settlement, command.Command, epoch, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        await CollectAsync();
        var executed = await GrainFactory.ExecuteAsync(verifier, command, Debit(chain, command.Command.Amount));
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        return await VoucherAsync(decided.Value, voucher => Kept with { ByCommand = Kept.ByCommand.Add(digest, voucher) });
    }

    public async Task<Outcome<SignedVoucher>> SettleIfDue(ulong chain)
    {
        await CollectAsync();
        var balance = await GrainFactory.Book().GetBalance(Person, AssetId.Gaib);
        var epoch = await GrainFactory.GetGrain<ISettlementGrain>((long)chain).GetEpoch();
        var available = (UInt128)Int128.Max(0, balance.Available);
        var decided = SettlementRules.DecideDue(Kept.Settlement, chain, available, epoch, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        await KeepAsync(Kept with { Pending = decided.Value });
        return await FinishAsync(decided.Value);
    }

    public async Task<ContributorEarnings> GetEarnings()
    {
        var pools = ImmutableSortedDictionary.CreateBuilder<AccountId, UInt128>();
        foreach (var pool in await GrainFactory.Book().GetPoolsOf(Person))
        {
            var view = await GrainFactory.Book().GetPool(pool);
            pools[pool] = view.Members.Single(m => m.Key == Person).Value.Accrued;
        }

        return new ContributorEarnings(pools.ToImmutable(), Kept.Noticed, Kept.Vouchers);
    }

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        await handleFactory.Create<RevenueNotice>().ResumeAsync(this);

    public async Task OnNextAsync(RevenueNotice item, StreamSequenceToken? token = null)
    {
        if (item.Accrued > Kept.Noticed.GetValueOrDefault(item.Pool))
        {
            await KeepAsync(Kept with { Noticed = Kept.Noticed.SetItem(item.Pool, item.Accrued) });
        }
    }

    /// <summary>A lost notice is no loss: the next one tells more, and the pool can always be asked.</summary>
    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    private AccountId Person => AccountId.Person(Account);

    private Transfer Debit(ulong chain, UInt128 amount) =>
        new() { Debit = Person, Credit = AccountId.Settlement(chain), Amount = amount };

    /// <summary>Collects what every pool owes this account. Nothing leaves anybody else's hands, so it needs no signature.</summary>
    private async Task CollectAsync()
    {
        var pools = await GrainFactory.Book().GetPoolsOf(Person);
        var writer = await GrainFactory.Book().OpenWriter(Keccak.HashUtf8($"contributor:{Account}"));
        await GrainFactory.Book().Submit(new BookRequest { Writer = writer, Collects = [.. pools.Select(pool => new PoolCollect(pool, Person))] });
    }

    private async Task<Outcome<SignedVoucher>> FinishAsync(Withdrawn pending)
    {
        var debit = Debit(pending.Chain, pending.Amount) with { Cause = Kept.PolicyDigests[pending.Chain] };
        await GrainFactory.TellAsync($"contributor:{Account}", Kept.Withdrawals, [debit]);
        return await VoucherAsync(pending, _ => Kept with { Withdrawals = Kept.Withdrawals + 1, Pending = null });
    }

    private async Task<Outcome<SignedVoucher>> VoucherAsync(Withdrawn withdrawn, Func<SignedVoucher, ContributorKept> mark)
    {
        var voucher = await GrainFactory.GetGrain<ISettlementGrain>((long)withdrawn.Chain).Voucher(Account, withdrawn.Cumulative);
        if (!voucher.Accepted)
        {
            return voucher.Rejection;
        }

        await KeepAsync(mark(voucher.Value) with
        {
            Settlement = SettlementRules.Evolve(Kept.Settlement, withdrawn),
            Vouchers = Kept.Vouchers.Add(voucher.Value),
        });
        return voucher;
    }
}
