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
internal sealed class PoolGrain(IClock clock) : Grain, IPoolGrain
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

    public async Task Publish()
    {
        _due = false;
        var provider = this.GetStreamProvider(RevenueNotice.StreamProvider);
        var pools = new Queue<AccountId>([Account]);
        while (pools.TryDequeue(out var account))
        {
            var pool = await GrainFactory.Book().GetPool(account);
            foreach (var (member, state) in pool.Members)
            {
                if (member.Kind == AccountKind.Pool)
                {
                    pools.Enqueue(member);
                    continue;
                }

                var stream = provider.GetStream<RevenueNotice>(StreamId.Create(RevenueNotice.StreamNamespace, member.Key.ToString()));
                await stream.OnNextAsync(new RevenueNotice(account, state.Accrued, clock.Now));
            }
        }
    }

    public Task<PoolView> Get() => GrainFactory.Book().GetPool(Account);

    private AccountId Account => AccountId.Of(AccountKind.Pool, Hash32.Parse(this.GetPrimaryKeyString()));
}
