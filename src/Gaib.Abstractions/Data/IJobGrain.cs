using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Data;

/// <summary>
/// A developer's job: what is to be trained, which data is wanted at what price, and the held-back parts by which it is judged.
/// </summary>
[Alias("gaib.job")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Posts the job and funds its bounties. The held-back parts are committed with it, before any contribution.</summary>
    [Alias("post")]
    Task<Outcome<Job>> Post(Signed<PostJob> command, JobTerms terms, ImmutableArray<HeldBackPart> parts);

    /// <summary>Takes a manifest into the window. Called by the dataset, which has checked signature and chunks.</summary>
    [Alias("enter")]
    Task<Outcome<ContributionEntered>> Enter(Manifest manifest);

    /// <summary>After the window's end: draws the beacon, values all contributions, pays the bounties.</summary>
    [Alias("value")]
    Task<Outcome<Job>> Value();

    /// <summary>
    /// Says that held-back parts are about to be shown, before anybody sees them: whatever is contributed later and is near one of their
    /// samples is worth zero. Repeating it changes nothing.
    /// </summary>
    [Alias("burn")]
    Task<Outcome<Job>> Burn(ImmutableArray<HeldBackKind> kinds);

    /// <summary>The job; null before it was posted.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Job?> Get();
}
