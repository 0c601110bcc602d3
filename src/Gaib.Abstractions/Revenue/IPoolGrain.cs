using Gaib.Abstractions.Money;
using Gaib.Domain.Money;

namespace Gaib.Abstractions.Revenue;

/// <summary>Tells a pool's members what they have earned. The pool itself lives in the book. Keyed by the model's id.</summary>
[Alias("gaib.pool")]
public interface IPoolGrain : IGrainWithStringKey
{
    /// <summary>The pool was fed: notices go out soon, many feeds in one.</summary>
    [Alias("fed")]
    Task Fed();

    /// <summary>
    /// Pays every member all that the pool owes it, page after page. Cut short, it is asked again: whoever was paid already has nothing due.
    /// </summary>
    [Alias("settle")]
    Task<PoolSettled> Settle();

    /// <summary>Sends every member's cumulative total now.</summary>
    [Alias("publish")]
    Task Publish();

    /// <summary>The pool with its members as they stand now.</summary>
    [Alias("get")]
    Task<PoolView> Get();
}

/// <summary>What a pool's payout came to.</summary>
/// <param name="Members">How many members were looked at.</param>
/// <param name="Paid">Base units that left the pool.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.poolSettled")]
public sealed record PoolSettled([property: Id(0)] int Members, [property: Id(1)] UInt128 Paid);

/// <summary>
/// A notice on a contributor's stream: what it has earned in total from one pool. Totals only grow, so a lost, doubled or late notice
/// changes nothing. It is never a credit: the pool is the truth.
/// </summary>
/// <param name="Pool">The pool.</param>
/// <param name="Accrued">Base units in total.</param>
/// <param name="At">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.revenueNotice")]
public sealed record RevenueNotice([property: Id(0)] AccountId Pool, [property: Id(1)] UInt128 Accrued, [property: Id(2)] long At)
{
    /// <summary>The stream provider and the namespace of notices; the stream's key is the contributor's address.</summary>
    public const string StreamProvider = "gaib", StreamNamespace = "gaib.revenue";
}
