namespace Gaib.Abstractions.Ports;

/// <summary>Some rows that became durable in one piece.</summary>
/// <param name="Number">1, 2, 3 … without gaps.</param>
/// <param name="At">Unix milliseconds of the runtime's clock when the frame was closed.</param>
/// <param name="Rows">The rows' bytes.</param>
public readonly record struct JournalFrame(ulong Number, long At, ReadOnlyMemory<byte> Rows);

/// <summary>A state that stands for all frames up to one.</summary>
/// <param name="Frame">The last frame that it covers.</param>
/// <param name="State">The owner's bytes.</param>
public sealed record JournalSnapshot(ulong Frame, ReadOnlyMemory<byte> State);

/// <summary>
/// An append-only log with one owner. What several callers append while a flush is under way becomes durable together in the next
/// frame. After any failure it takes nothing more: the owner closes it, opens it again and reads what really became durable.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>The newest snapshot that proved whole, or null.</summary>
    JournalSnapshot? Snapshot { get; }

    /// <summary>What was found and mended when the journal was opened, in words; empty when nothing was.</summary>
    string Mended { get; }

    /// <summary>The durable frames after the snapshot, in order. To be read before the first append.</summary>
    IEnumerable<JournalFrame> Replay();

    /// <summary>Adds rows to the frame that is being filled.</summary>
    /// <returns>The number of that frame, for <see cref="DurableAsync"/>.</returns>
    /// <exception cref="JournalUnavailableException">An earlier write failed, or the journal is closed.</exception>
    ulong Append(ReadOnlySpan<byte> rows, long at);

    /// <summary>Completes when the frame is on stable storage.</summary>
    /// <exception cref="JournalUnavailableException">It is unknown whether the frame was written.</exception>
    Task DurableAsync(ulong frame);

    /// <summary>Keeps a state that covers all frames up to <paramref name="frame"/>, which must be durable.</summary>
    Task SaveSnapshotAsync(ulong frame, ReadOnlyMemory<byte> state, CancellationToken cancellationToken = default);
}

/// <summary>Where journals live.</summary>
public interface IJournalStore
{
    /// <summary>Opens a journal for writing and fences off any earlier owner.</summary>
    /// <exception cref="JournalUnavailableException">Another process owns it, or it is damaged; the message names file, offset and what to do.</exception>
    Task<IJournal> OpenAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Reads all durable frames from the first, beside a running owner.</summary>
    IEnumerable<JournalFrame> Read(string name);
}

/// <summary>A journal can't be written or read; nothing that was acknowledged is lost.</summary>
public sealed class JournalUnavailableException : Exception
{
    /// <summary>Says what happened.</summary>
    public JournalUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
