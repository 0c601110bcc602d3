using Gaib.Domain;

namespace Gaib.Abstractions.Ports;

/// <summary>
/// Keeps byte strings under their keccak256: chunks, weights, deltas, held-back parts. What is in it never changes and is never
/// trusted: each read recomputes the hash.
/// </summary>
public interface IChunkStore
{
    /// <summary>Stores the bytes and returns their keccak256 once they are durable. The same bytes again change nothing.</summary>
    /// <param name="bytes">Any bytes, also none.</param>
    /// <param name="cancellationToken">Gives up before the bytes are durable; nothing half-written is ever visible.</param>
    ValueTask<Hash32> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>The bytes with that keccak256, or null when they are not here.</summary>
    /// <param name="hash">keccak256 of the bytes.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    /// <exception cref="ChunkCorruptException">What is stored under the hash has another one.</exception>
    ValueTask<byte[]?> GetAsync(Hash32 hash, CancellationToken cancellationToken = default);

    /// <summary>True when something is stored under the hash; it is not read.</summary>
    /// <param name="hash">keccak256 of the bytes.</param>
    /// <param name="cancellationToken">Gives up looking.</param>
    ValueTask<bool> ExistsAsync(Hash32 hash, CancellationToken cancellationToken = default);

    /// <summary>All hashes that are stored, ascending. What is put meanwhile may or may not be among them.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<Hash32> EnumerateAsync(CancellationToken cancellationToken = default);
}

/// <summary>Stored bytes no longer have the hash under which they were stored.</summary>
[GenerateSerializer]
[Alias("gaib.chunkCorrupt")]
public sealed class ChunkCorruptException : Exception
{
    /// <summary>Names the chunk and what was found in its place.</summary>
    /// <param name="expected">The hash under which the bytes were stored.</param>
    /// <param name="actual">The hash that they have.</param>
    /// <param name="location">Where they lie: a path or an address.</param>
    public ChunkCorruptException(Hash32 expected, Hash32 actual, string location)
        : base($"The chunk {expected} at {location} has the hash {actual}.") =>
        (Expected, Actual, Location) = (expected, actual, location);

    /// <summary>The hash under which the bytes were stored.</summary>
    [field: Id(0)]
    public Hash32 Expected { get; }

    /// <summary>The hash that they have.</summary>
    [field: Id(1)]
    public Hash32 Actual { get; }

    /// <summary>Where they lie.</summary>
    [field: Id(2)]
    public string Location { get; }
}
