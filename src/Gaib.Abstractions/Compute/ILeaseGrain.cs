using Gaib.Domain;
using Gaib.Domain.Compute;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Compute;

/// <summary>One lease: bills verified work, releases pay after the check window, refunds the rest. Keyed by the lease's id.</summary>
[Alias("gaib.lease")]
public interface ILeaseGrain : IGrainWithStringKey
{
    /// <summary>Takes over the terms that a market agreed. The cap lies in the lease's account already.</summary>
    /// <param name="gpuClass">The market's class.</param>
    [Alias("open")]
    Task<Outcome<Lease>> Open(string gpuClass);

    /// <summary>Applies a command of the lease's rule and pays what follows from it.</summary>
    [Alias("apply")]
    Task<Outcome<Lease>> Apply(LeaseCommand command);

    /// <summary>The lease; null before it opened.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Lease?> Get();
}
