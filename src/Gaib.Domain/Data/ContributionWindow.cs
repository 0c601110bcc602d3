using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>One contributor's place in a job.</summary>
/// <param name="Order">Commit order: 0 for the first contribution to the job. The earliest of a cluster of copies is the canonical one.</param>
/// <param name="Commitment">Struct hash of the manifest.</param>
[GenerateSerializer, Immutable]
public sealed record ContributionEntry([property: Id(0)] ulong Order, [property: Id(1)] Hash32 Commitment);

/// <summary>What happened to a job's contributions.</summary>
[GenerateSerializer, Immutable]
public abstract record ContributionWindowEvent;

/// <summary>A contribution took its place in the commit order.</summary>
/// <param name="Contributor">Who committed.</param>
/// <param name="Entry">Its order and commitment.</param>
[GenerateSerializer, Immutable]
public sealed record ContributionEntered([property: Id(0)] Address Contributor, [property: Id(1)] ContributionEntry Entry)
    : ContributionWindowEvent;

/// <summary>No more contributions; the next beacon is drawn over this root.</summary>
/// <param name="CommitmentsRoot"><see cref="Beacon.CommitmentsRoot"/> of all commitments.</param>
[GenerateSerializer, Immutable]
public sealed record ContributionsClosed([property: Id(0)] Hash32 CommitmentsRoot) : ContributionWindowEvent;

/// <summary>Who may still commit data to a job, and in what order those who did came: one contribution a contributor.</summary>
/// <param name="Job">The job.</param>
/// <param name="ClosesAt">From this time on, Unix milliseconds, nothing is accepted.</param>
/// <param name="Closed">True after <see cref="ContributionsClosed"/>.</param>
/// <param name="Entries">All contributions by account.</param>
[GenerateSerializer, Immutable]
public sealed record ContributionWindow(
    [property: Id(0)] Hash32 Job,
    [property: Id(1)] long ClosesAt,
    [property: Id(2)] bool Closed,
    [property: Id(3)] ImmutableSortedDictionary<Address, ContributionEntry> Entries)
{
    /// <summary>An open window without contributions.</summary>
    public static ContributionWindow Open(Hash32 job, long closesAt) =>
        new(job, closesAt, false, ImmutableSortedDictionary<Address, ContributionEntry>.Empty);

    /// <summary>
    /// Gives a manifest its place: <see cref="Reason.FieldOutOfRange"/> for another job, <see cref="Reason.ContributionsClosed"/>,
    /// <see cref="Reason.AlreadyContributed"/>. The manifest that is already in gets its first place again.
    /// </summary>
    public static Outcome<ContributionEntered> Decide(ContributionWindow window, Manifest manifest, long now)
    {
        if (manifest.Job != window.Job)
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: "job");
        }

        var commitment = manifest.StructHash();
        if (window.Entries.TryGetValue(manifest.Contributor, out var entry))
        {
            return entry.Commitment == commitment ? new ContributionEntered(manifest.Contributor, entry) : Reason.AlreadyContributed;
        }

        return window.Closed || now >= window.ClosesAt
            ? new Rejection(Reason.ContributionsClosed, window.ClosesAt, now)
            : new ContributionEntered(manifest.Contributor, new ContributionEntry((ulong)window.Entries.Count, commitment));
    }

    /// <summary>Closes the window once its time has come: <see cref="Reason.WrongState"/> before, or when it is closed already.</summary>
    public static Outcome<ContributionsClosed> Close(ContributionWindow window, long now) =>
        window.Closed || now < window.ClosesAt
            ? new Rejection(Reason.WrongState, window.ClosesAt, now, window.Closed ? "closed" : "closesAt")
            : new ContributionsClosed(Beacon.CommitmentsRoot(window.Entries.Values.Select(entry => entry.Commitment)));

    /// <summary>The window after an event; an event seen again changes nothing.</summary>
    public static ContributionWindow Evolve(ContributionWindow window, ContributionWindowEvent happened) => happened switch
    {
        ContributionEntered entered => window with { Entries = window.Entries.SetItem(entered.Contributor, entered.Entry) },
        Data.ContributionsClosed => window with { Closed = true },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "Unknown event."),
    };
}
