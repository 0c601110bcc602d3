using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>How far a job is.</summary>
public enum JobPhase
{
    /// <summary>Contributions are taken.</summary>
    Open = 0,

    /// <summary>Contributions are closed; the beacon is drawn.</summary>
    Closed = 1,

    /// <summary>The contributions are valued; bounties are due.</summary>
    Valued = 2,

    /// <summary>The bounties are paid, the rest of the budget is returned.</summary>
    Paid = 3,
}

/// <summary>A job.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Command">What the developer signed.</param>
/// <param name="Terms">What it stands for.</param>
/// <param name="Window">Who contributed, in which order.</param>
/// <param name="Datasets">The datasets in the order of their entry.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="BeaconEpoch">The epoch that held the contributions; its beacon breaks ties of the valuation.</param>
/// <param name="Header">The valuation's header; null before it was made.</param>
/// <param name="Valuation">Content hash of the valuation, see the job's grain; zero before it was made.</param>
/// <param name="Burnt">The held-back parts that were shown to anybody, each with the commit order from which contributions came later.</param>
[GenerateSerializer, Immutable]
public sealed record Job(
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] PostJob Command,
    [property: Id(2)] JobTerms Terms,
    [property: Id(3)] ContributionWindow Window,
    [property: Id(4)] ImmutableArray<Hash32> Datasets,
    [property: Id(5)] JobPhase Phase,
    [property: Id(6)] ulong BeaconEpoch,
    [property: Id(7)] ValuationHeader? Header,
    [property: Id(8)] Hash32 Valuation,
    [property: Id(9)] ImmutableSortedDictionary<HeldBackKind, ulong> Burnt)
{
    /// <summary>A job as it is posted, or why it is refused.</summary>
    /// <param name="genesis">The network's genesis hash.</param>
    /// <param name="command">What the developer signed.</param>
    /// <param name="terms">What it stands for.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static Outcome<Job> Post(Hash32 genesis, PostJob command, JobTerms terms, long now) =>
        terms.Check() is { } rejection ? rejection
        : terms.Hash() != command.Terms ? new Rejection(Reason.CommitmentMismatch, Subject: "terms")
        : command.Budget == 0 ? new Rejection(Reason.AmountZero, Subject: "budget")
        : terms.ClosesAt <= now ? new Rejection(Reason.FieldOutOfRange, now + 1, terms.ClosesAt, "closesAt")
        : new Job(
            command.JobId(genesis),
            command,
            terms,
            ContributionWindow.Open(command.JobId(genesis), terms.ClosesAt),
            [],
            JobPhase.Open,
            0,
            null,
            Hash32.Zero,
            ImmutableSortedDictionary<HeldBackKind, ulong>.Empty);

    /// <summary>
    /// The job once held-back parts are shown: what is contributed from then on and is near one of their samples is worth zero. A part
    /// burns once; showing it again changes nothing.
    /// </summary>
    /// <param name="kinds">The parts that are shown.</param>
    public Job Burn(IEnumerable<HeldBackKind> kinds)
    {
        var fresh = kinds.Where(kind => !Burnt.ContainsKey(kind)).ToHashSet();
        return fresh.Count == 0
            ? this
            : this with { Burnt = Burnt.AddRange(fresh.Select(kind => KeyValuePair.Create(kind, (ulong)Datasets.Length))) };
    }
}
