using Gaib.Domain;
using Gaib.Domain.Compute;

namespace Gaib.Abstractions.Compute;

/// <summary>One lease: bills verified work, releases pay after the check window, refunds the rest. Keyed by the lease's id.</summary>
[Alias("gaib.lease")]
public interface ILeaseGrain : IGrainWithStringKey
{
    /// <summary>Opens the lease; its cap lies in its account already.</summary>
    [Alias("open")]
    Task<Outcome<Lease>> Open(LeaseTerms terms);

    /// <summary>Applies a command of the lease's rule and pays what follows from it.</summary>
    [Alias("apply")]
    Task<Outcome<Lease>> Apply(LeaseCommand command);

    /// <summary>The lease; null before it opened.</summary>
    [Alias("get")]
    Task<Lease?> Get();
}
