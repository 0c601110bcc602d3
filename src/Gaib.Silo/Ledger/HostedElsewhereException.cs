using Gaib.Abstractions.Money;

namespace Gaib.Silo.Ledger;

/// <summary>A book is hosted by another silo, and audited there.</summary>
/// <param name="book">Its number.</param>
public sealed class HostedElsewhereException(uint book) : InvalidOperationException($"{BookNames.Of(book)} is hosted by another silo; it is audited there.");
