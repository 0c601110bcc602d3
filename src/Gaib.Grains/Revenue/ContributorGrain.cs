using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Grains.Money;
using Orleans.Runtime;
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
    BookSender books,
    Network network,
    ICommandVerifier verifier,
    IClock clock)
    : KeptGrain<ContributorKept>(kept), IContributorGrain, IRemindable, IStreamSubscriptionObserver, IAsyncObserver<RevenueNotice>
{
    private const ulong LookAtLeastEveryMs = 24 * 3_600_000;

    private Address Account => Address.Parse(this.GetPrimaryKeyString());

    private ContributorKept Kept => State ?? ContributorKept.Of(Account);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => FinishPendingAsync();

    public async Task<Outcome<SettlementState>> SetPolicy(Signed<SettlementPolicy> command)
    {
        var verified = verifier.Verify(command);
        if (!verified.Accepted)
        {
            return verified.Rejection;
        }

        await FinishPendingAsync();
        if (command.Command.Account == Account && await Home.GetCommandSequence(verified.Value.Digest) is not null)
        {
            // What is sent again has taken effect. It does not come back into force if another policy has replaced it since.
            return Kept.Settlement;
        }

        var decided = SettlementRules.Decide(Kept.Settlement, command.Command, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var setting = new PendingPolicy(decided.Value, verified.Value);
        await KeepAsync(Kept with { Setting = setting });
        return await FinishSettingAsync(setting) is { } refused ? refused : Kept.Settlement;
    }

    public async Task<Outcome<SignedVoucher>> Withdraw(Signed<Withdraw> command)
    {
        var verified = verifier.Verify(command);
        if (!verified.Accepted)
        {
            return verified.Rejection;
        }

        await FinishPendingAsync();
        if (Kept.ByCommand.TryGetValue(verified.Value.Digest, out var known))
        {
            return known;
        }

        var epoch = await GrainFactory.GetGrain<ISettlementGrain>((long)command.Command.Chain).GetEpoch();
        var decided = SettlementRules.Decide(Kept.Settlement, command.Command, epoch, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        await CollectAsync();
        return await WithdrawAsync(new PendingWithdrawal(decided.Value, verified.Value));
    }

    public async Task<Outcome<SignedVoucher>> SettleIfDue(ulong chain)
    {
        await FinishPendingAsync();
        await CollectAsync();
        var balance = await Home.GetBalance(Person, AssetId.Gaib);
        var epoch = await GrainFactory.GetGrain<ISettlementGrain>((long)chain).GetEpoch();
        var available = (UInt128)Int128.Max(0, balance.Available);
        var decided = SettlementRules.DecideDue(Kept.Settlement, chain, available, epoch, clock.Now);
        return decided.Accepted ? await WithdrawAsync(new PendingWithdrawal(decided.Value, null)) : decided.Rejection;
    }

    public async Task<ContributorEarnings> GetEarnings()
    {
        var pools = ImmutableSortedDictionary.CreateBuilder<AccountId, UInt128>();
        foreach (var pool in await GrainFactory.Book().GetPoolsOf(Person))
        {
            pools[pool] = (await GrainFactory.Book().GetPoolMember(pool, Person)).Accrued;
        }

        return new ContributorEarnings(pools.ToImmutable(), Kept.Noticed, Kept.Vouchers);
    }

    /// <summary>Settles every chain whose policy is due. What is not due is refused by the rule, and waits.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (Kept.Settlement.Policies.Values.All(policy => clock.Now > policy.ValidUntil))
        {
            await this.ForgetAsync(clock);
            return;
        }

        foreach (var chain in Kept.Settlement.Policies.Keys)
        {
            await SettleIfDue(chain);
        }
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

    private string Writer => $"contributor:{Account}";

    private IBookGrain Home => GrainFactory.BookOf(network, Person);

    /// <summary>Collects what every pool owes this account. Nothing leaves anybody else's hands, so it needs no signature.</summary>
    private async Task CollectAsync()
    {
        var pools = await GrainFactory.Book().GetPoolsOf(Person);
        await books.SubmitAsync(0, new BookRequest { WriterName = Keccak.HashUtf8(Writer), Collects = [.. pools.Select(pool => new PoolCollect(pool, Person))] });
        if (network.HomeOf(Person) != 0)
        {
            await GrainFactory.Book().Deliver();
        }
    }

    private async Task<Outcome<SignedVoucher>> WithdrawAsync(PendingWithdrawal pending)
    {
        await KeepAsync(Kept with { Pending = pending });
        return await FinishAsync(pending);
    }

    /// <summary>Nothing is decided beside a withdrawal that is under way: it would be decided on totals that are about to change.</summary>
    private Task FinishPendingAsync() =>
        Kept.Pending is { } pending ? FinishAsync(pending)
        : Kept.Setting is { } setting ? FinishSettingAsync(setting)
        : Task.CompletedTask;

    private async Task<Rejection?> FinishSettingAsync(PendingPolicy setting)
    {
        var reply = await books.SubmitAsync(network.HomeOf(Person), new BookRequest { Command = setting.Command });
        if (reply.Rejection is { } refused)
        {
            await KeepAsync(Kept with { Setting = null });
            return refused;
        }

        var settlement = SettlementRules.Evolve(Kept.Settlement, setting.Set);
        await this.RemindAsync(clock, LookEvery(settlement));
        await KeepAsync(Kept with
        {
            Settlement = settlement,
            PolicyDigests = Kept.PolicyDigests.SetItem(setting.Set.Policy.Chain, setting.Command.Digest),
            Setting = null,
        });
        return null;
    }

    /// <summary>
    /// An eighth of the shortest period, at most a day: a reminder that comes a moment before a withdrawal is due, or before the
    /// threshold is reached, is not to cost a whole period more.
    /// </summary>
    private static TimeSpan LookEvery(SettlementState settlement) =>
        TimeSpan.FromMilliseconds((long)ulong.Min(settlement.Policies.Values.Min(policy => policy.Period) / 8, LookAtLeastEveryMs));

    private async Task<Outcome<SignedVoucher>> FinishAsync(PendingWithdrawal pending)
    {
        var withdrawn = pending.Withdrawn;
        if (await DebitAsync(pending) is { } refused)
        {
            await KeepAsync(Kept with { Pending = null, Withdrawals = Kept.Withdrawals + (pending.Command is null ? 1UL : 0) });
            return refused;
        }

        var voucher = await GrainFactory.GetGrain<ISettlementGrain>((long)withdrawn.Chain).Voucher(Account, withdrawn.Cumulative);
        if (!voucher.Accepted)
        {
            return voucher.Rejection;
        }

        await KeepAsync(Kept with
        {
            Settlement = SettlementRules.Evolve(Kept.Settlement, withdrawn),
            Vouchers = Kept.Vouchers.Add(voucher.Value),
            Withdrawals = Kept.Withdrawals + (pending.Command is null ? 1UL : 0),
            ByCommand = pending.Command is { } command ? Kept.ByCommand.Add(command.Digest, voucher.Value) : Kept.ByCommand,
            Pending = null,
        });
        return voucher;
    }

    /// <summary>
    /// Has the book debit the account: by the owner's command, or by the policy. Either may be refused, because the owner may have
    /// paid elsewhere what was there when it was decided.
    /// </summary>
    private async Task<Rejection?> DebitAsync(PendingWithdrawal pending)
    {
        var (chain, amount) = (pending.Withdrawn.Chain, pending.Withdrawn.Amount);
        var debit = new Transfer { Debit = Person, Credit = AccountId.Settlement(chain), Amount = amount };
        if (pending.Command is { } command)
        {
            return (await books.SubmitAsync(network.HomeOf(Person), new BookRequest { Command = command, Transfers = [debit] })).Rejection;
        }

        var refused = await books.OfferAsync(network.HomeOf(Person), Writer, Kept.Withdrawals, [debit with { Cause = Kept.PolicyDigests[chain] }]);
        return refused is null or { Reason: Reason.InsufficientFunds or Reason.Overflow }
            ? refused
            : throw new InvalidOperationException($"{Writer}: the book refused a decided withdrawal: {refused}");
    }
}
