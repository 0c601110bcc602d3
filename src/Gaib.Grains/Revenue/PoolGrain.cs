using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Orleans.Concurrency;
using Orleans.Streams;

namespace Gaib.Grains.Revenue;

/// <summary>Sends notices of a pool's cumulative totals. It holds nothing: the pool lives in the book.</summary>
[Reentrant]
[GrainType("gaib.pool")]
internal sealed class PoolGrain(BookSender books, IClock clock) : Grain, IPoolGrain
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    private IGrainTimer? _timer;
    private bool _due;

    public Task Fed()
    {
        _due = true;
        _timer ??= this.RegisterGrainTimer(_ => _due ? Publish() : Task.CompletedTask, Delay, Delay);
        return Task.CompletedTask;
    }

    public async Task<PoolSettled> Settle()
    {
        var book = GrainFactory.Book();
        var before = (await book.GetBalance(Account, AssetId.Gaib)).DebitsPosted;
        var from = 0;
        do
        {
            var reply = await books.SubmitAsync(
                0, new BookRequest { WriterName = Keccak.HashUtf8("payouts"), Settle = new PoolSettle(Account, from, PoolSettle.MembersMax) });
            from = reply.SettledTo;
        }
        while (from > 0);

        var members = (await book.GetPoolPage(Account, 0, 1)).Count;
        return new PoolSettled(members, (await book.GetBalance(Account, AssetId.Gaib)).DebitsPosted - before);
    }

    public async Task Publish()
    {
        _due = false;
        var pools = new Queue<AccountId>([Account]);
        while (pools.TryDequeue(out var account))
        {
            // Page by page: a pool may have millions of members, and this grain holds none of them.
            var page = await GrainFactory.Book().GetPool(account);
            await PublishAsync(page, pools);
            while (page.Next > 0)
            {
                page = await GrainFactory.Book().GetPoolPage(account, page.Next, PoolView.MembersMax);
                await PublishAsync(page, pools);
            }
        }
    }

    private async Task PublishAsync(PoolView page, Queue<AccountId> inner)
    {
        var provider = this.GetStreamProvider(RevenueNotice.StreamProvider);
        foreach (var (member, state) in page.Members)
        {
            if (member.Kind == AccountKind.Pool)
            {
                inner.Enqueue(member);
            }
            else
            {
                var stream = provider.GetStream<RevenueNotice>(StreamId.Create(RevenueNotice.StreamNamespace, member.Key.ToString()));
                await stream.OnNextAsync(new RevenueNotice(page.Account, state.Accrued, clock.Now));
            }
        }
    }

    public Task<PoolView> Get() => GrainFactory.Book().GetPool(Account);

    private AccountId Account => AccountId.Of(AccountKind.Pool, Hash32.Parse(this.GetPrimaryKeyString()));
}
