namespace Gaib.Abstractions.Ports;

/// <summary>Some rows that became durable in one piece.</summary>
/// <param name="Number">1, 2, 3 … without gaps.</param>
/// <param name="At">Unix milliseconds of the runtime's clock when the frame was closed.</param>
/// <param name="Rows">The rows' bytes.</param>
public readonly record struct JournalFrame(ulong Number, long At, ReadOnlyMemory<byte> Rows);

/// <summary>A place in a journal. A frame takes rows until it is flushed, so a place may lie inside one.</summary>
/// <param name="Frame">The frame's number; 0 is before the first.</param>
/// <param name="Offset">How many bytes of the frame's rows come before the place.</param>
public readonly record struct JournalPosition(ulong Frame, uint Offset);

/// <summary>A state that stands for all rows up to a place.</summary>
/// <param name="Position">Up to where.</param>
/// <param name="Parts">
/// The owner's bytes, in the parts in which they were written; each is checked as it is read. Throws <see cref="JournalUnavailableException"/>
/// where one is damaged.
/// </param>
public sealed record JournalSnapshot(JournalPosition Position, Func<IEnumerable<ReadOnlyMemory<byte>>> Parts);

/// <summary>
/// An append-only log with one owner. What several callers append while a flush is under way becomes durable together in the next
/// frame. After any failure it takes nothing more: the owner closes it, opens it again and reads what really became durable.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>The newest snapshot, or null.</summary>
    JournalSnapshot? Snapshot { get; }

    /// <summary>What was found and mended when the journal was opened, in words; empty when nothing was.</summary>
    string Mended { get; }

    /// <summary>The durable frames after the snapshot, in order, the first without what the snapshot covers. To be read before the first append.</summary>
    IEnumerable<JournalFrame> Replay();

    /// <summary>Adds rows to the frame that is being filled.</summary>
    /// <returns>The place after the rows.</returns>
    /// <exception cref="JournalUnavailableException">An earlier write failed, or the journal is closed.</exception>
    JournalPosition Append(ReadOnlySpan<byte> rows, long at);

    /// <summary>
    /// Completes when the frame is on stable storage. Nobody else had taken the journal over by then, so that what its owner knew before it
    /// asked is still so.
    /// </summary>
    /// <exception cref="JournalUnavailableException">It is unknown whether the frame was written, or somebody else has the journal.</exception>
    Task DurableAsync(ulong frame);

    /// <summary>Keeps a state that covers all rows up to <paramref name="position"/>, once they are durable; appending goes on beside it.</summary>
    /// <param name="position">Up to where.</param>
    /// <param name="parts">The state's bytes in parts of at most 64 MiB, none empty; asked for on another thread, one after the other.</param>
    /// <param name="cancellationToken">Ends the wait for the position.</param>
    Task SaveSnapshotAsync(
        JournalPosition position, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken = default);
}

/// <summary>Where journals live.</summary>
public interface IJournalStore
{
    /// <summary>Opens a journal for writing and fences off any earlier owner.</summary>
    /// <exception cref="JournalUnavailableException">Another process owns it, or it is damaged; the message names file, offset and what to do.</exception>
    Task<IJournal> OpenAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Reads all durable frames from the first, beside a running owner.</summary>
    IEnumerable<JournalFrame> Read(string name);

    /// <summary>Opens a journal for looking things up, beside a running owner.</summary>
    IJournalHistory OpenHistory(string name);
}

/// <summary>A journal can't be written or read; nothing that was acknowledged is lost. Callers of a book see it too.</summary>
[GenerateSerializer]
[Alias("gaib.journalUnavailable")]
public sealed class JournalUnavailableException : Exception
{
    /// <summary>Says what happened.</summary>
    public JournalUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
