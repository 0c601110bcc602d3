using System.Collections.Immutable;
using System.Numerics;
using Gaib.Abstractions;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Revenue;

/// <summary>A pool of people who hold seven, two and one of ten shares, and what each must have earned.</summary>
internal sealed class FedPool(GrainCluster cluster, string name = "pool")
{
    private readonly Income _income = new(cluster, name);

    public static ImmutableArray<PrivateKey> Holders { get; } = [.. Enumerable.Range(0, 3).Select(i => TestNetwork.Key($"person{i}"))];

    public static ImmutableArray<ulong> Units { get; } = [7, 2, 1];

    public Hash32 Id { get; } = Keccak.HashUtf8(name);

    public AccountId Account => AccountId.Of(AccountKind.Pool, Id);

    public IPoolGrain Grain => cluster.Grains.Get<IPoolGrain>(Id);

    /// <summary>Base units that were ever fed.</summary>
    public ulong Fed { get; private set; }

    public static IContributorGrain Person(GrainCluster cluster, int holder) => cluster.Grains.Get<IContributorGrain>(Holders[holder].Address);

    public Task IssueAsync(params (AccountId Holder, UInt128 Units)[] others) => _income.IssueAsync(
        Id, [.. Holders.Select((holder, i) => (AccountId.Person(holder.Address), (UInt128)Units[i])), .. others]);

    public async Task FeedAsync(ulong amount)
    {
        await _income.PayAsync(Account, amount);
        Fed += amount;
    }

    /// <summary>
    /// What a holder has earned, in closed form: nobody's weight ever changed and every remainder is carried, so that the income per
    /// share is ⌊2^64·fed / 10⌋ in 2^-64 of a base unit, however it was fed.
    /// </summary>
    public UInt128 Earned(int holder) => (UInt128)((Units[holder] * ((new BigInteger(Fed) << 64) / 10)) >> 64);

    /// <summary>What the book says that a holder has earned.</summary>
    public async Task<UInt128> InBookAsync(int holder) => (await cluster.Book.GetPool(Account)).Members
        .Single(member => member.Key == AccountId.Person(Holders[holder].Address)).Value.Accrued;
}
