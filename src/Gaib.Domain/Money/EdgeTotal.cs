namespace Gaib.Domain.Money;

/// <summary>
/// What one book has paid to an account of another in total. It only grows, so that a lost, doubled, late or reordered message changes
/// nothing: the payee's book credits what lies above the total that it has seen.
/// </summary>
/// <param name="Payee">The account.</param>
/// <param name="Total">Base units of GAIB that have ever left for it.</param>
/// <param name="Cause">What caused the last of it.</param>
[GenerateSerializer, Immutable]
public readonly record struct EdgeTotal([property: Id(0)] AccountId Payee, [property: Id(1)] UInt128 Total, [property: Id(2)] Hash32 Cause);

/// <summary>What the payee's book says to a total.</summary>
/// <param name="Result">None, or why it can't be credited now; it is sent again later.</param>
/// <param name="Seen">Base units that it has credited in all from that book to that account.</param>
[GenerateSerializer, Immutable]
public readonly record struct EdgeAnswer([property: Id(0)] Reason Result, [property: Id(1)] UInt128 Seen);
