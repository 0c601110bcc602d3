using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>Something that happened to a model.</summary>
[GenerateSerializer, Immutable]
public abstract record ModelEvent;

/// <summary>The model exists.</summary>
/// <param name="Record">Its lineage.</param>
[GenerateSerializer, Immutable]
public sealed record ModelRegistered([property: Id(0)] ModelRecord Record) : ModelEvent;

/// <summary>The model has a new price.</summary>
/// <param name="Price">The record that is in force from its sequence on.</param>
[GenerateSerializer, Immutable]
public sealed record PriceSet([property: Id(0)] PriceRecord Price) : ModelEvent;

/// <summary>A call's fee was divided.</summary>
/// <param name="Receipt">The call's receipt.</param>
/// <param name="Split">The parts.</param>
[GenerateSerializer, Immutable]
public sealed record FeeTaken([property: Id(0)] Hash32 Receipt, [property: Id(1)] FeeSplit Split) : ModelEvent;

/// <summary>A model: lineage, issue, price history, and the remainder of its protocol fee.</summary>
/// <param name="Record">Lineage.</param>
/// <param name="Issue">The first issue, or null before it.</param>
/// <param name="Prices">All prices, by sequence.</param>
/// <param name="FeeRemainder">Millionths of a base unit that the protocol fee has not taken yet; below 10^6.</param>
[GenerateSerializer, Immutable]
public sealed record ModelState(
    [property: Id(0)] ModelRecord Record,
    [property: Id(1)] SharesIssued? Issue,
    [property: Id(2)] ImmutableArray<PriceRecord> Prices,
    [property: Id(3)] ulong FeeRemainder)
{
    /// <summary>The price in force at a sequence of the book, or null before the first one.</summary>
    public PriceRecord? PriceAt(ulong sequence)
    {
        for (var i = Prices.Length - 1; i >= 0; i--)
        {
            if (Prices[i].FromSequence <= sequence)
            {
                return Prices[i];
            }
        }

        return null;
    }
}
