using System.Collections.Immutable;
using Gaib.Abstractions.Governance;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;

namespace Gaib.Grains.Compute;

/// <summary>A match whose caps may not be escrowed yet.</summary>
/// <param name="Command">The renter's command.</param>
/// <param name="Opened">The leases it gets.</param>
[GenerateSerializer, Immutable]
internal sealed record PendingOrder([property: Id(0)] CommandRecord Command, [property: Id(1)] LeasesOpened Opened);

/// <summary>What a market's grain stores.</summary>
/// <param name="Market">The rule's state.</param>
/// <param name="Terms">Terms of every lease that ever opened.</param>
/// <param name="Moves">Every recorded move of the rate.</param>
/// <param name="Pending">A match in progress, or null.</param>
[GenerateSerializer, Immutable]
internal sealed record MarketKept(
    [property: Id(0)] Market Market,
    [property: Id(1)] ImmutableSortedDictionary<Hash32, LeaseTerms> Terms,
    [property: Id(2)] ImmutableArray<RateMoved> Moves,
    [property: Id(3)] PendingOrder? Pending)
{
    /// <summary>The market of a genesis class, opened at the network's start; null when the genesis has no such class.</summary>
    public static MarketKept? Open(Network network, string name)
    {
        var genesis = network.Genesis;
        if (genesis.Classes.FirstOrDefault(c => c.Name == name) is not { } one)
        {
            return null;
        }

        var gpuClass = new GpuClass(one.Name, (ulong)one.MacsPerMs, one.RateAtTarget, one.RateMin, one.RateMax);
        var parameters = new MarketParameters(network.Parameters.LeaseFeePpm, (int)network.Parameters.ReleaseWindowRounds, CountMax: 64);
        return new MarketKept(
            Market.Open(gpuClass, parameters, genesis.StartsAt), ImmutableSortedDictionary<Hash32, LeaseTerms>.Empty, [], null);
    }

    /// <summary>The state after some events.</summary>
    public MarketKept With(ImmutableArray<MarketEvent> events)
    {
        var next = this;
        foreach (var happened in events)
        {
            next = next with { Market = MarketFold.Evolve(next.Market, happened) };
            next = happened switch
            {
                LeasesOpened opened => next with { Terms = next.Terms.AddRange(opened.Leases.Select(l => KeyValuePair.Create(l.Lease, l))) },
                RateMoved moved => next with { Moves = next.Moves.Add(moved) },
                _ => next,
            };
        }

        return next;
    }

    /// <summary>All leases of an order, in the order they opened.</summary>
    public ImmutableArray<LeaseTerms> TermsOf(Hash32 order) => [.. Market.Orders[order].Leases.Select(lease => Terms[lease])];
}
