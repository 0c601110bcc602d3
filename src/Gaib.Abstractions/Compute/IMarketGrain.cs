using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Compute;

/// <summary>The market of one GPU class. Keyed by the class's name.</summary>
[Alias("gaib.market")]
public interface IMarketGrain : IGrainWithStringKey
{
    /// <summary>A host offers a measured GPU.</summary>
    [Alias("ask")]
    Task<Outcome<Market>> PlaceAsk(Signed<Ask> command);

    /// <summary>A renter orders GPUs: all are leased at once and their caps escrowed, or the order is refused.</summary>
    [Alias("order")]
    Task<Outcome<ImmutableArray<LeaseTerms>>> PlaceOrder(Signed<Order> command);

    /// <summary>What was agreed for a lease; null when the market never opened it.</summary>
    [Alias("terms"), AlwaysInterleave]
    Task<LeaseTerms?> GetTerms(Hash32 lease);

    /// <summary>A lease has closed. Called by the lease.</summary>
    [Alias("end")]
    Task<Outcome<Market>> EndLease(EndLease command);

    /// <summary>Closes the ticks that ended and returns the market as it stands now.</summary>
    [Alias("advance")]
    Task<MarketView> Advance();
}

/// <summary>A market and the course of its rate.</summary>
/// <param name="Market">As it stands now.</param>
/// <param name="Moves">Every recorded move of the rate.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.marketView")]
public sealed record MarketView([property: Id(0)] Market Market, [property: Id(1)] ImmutableArray<RateMoved> Moves);
