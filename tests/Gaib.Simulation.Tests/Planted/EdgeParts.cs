using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>What a book tells the others with.</summary>
/// <param name="Grains">How it reaches them.</param>
/// <param name="Book">The book.</param>
/// <param name="Durable">Ends when all that was applied until now is durable.</param>
internal sealed record EdgeParts(IGrainFactory Grains, Book Book, Func<Task> Durable);
