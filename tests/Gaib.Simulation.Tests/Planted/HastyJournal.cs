using Gaib.Abstractions.Ports;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>A journal that calls rows durable as soon as it has them.</summary>
internal sealed class HastyJournal(IJournal inner) : IJournal
{
    public JournalSnapshot? Snapshot => inner.Snapshot;

    public string Mended => inner.Mended;

    public IEnumerable<JournalFrame> Replay() => inner.Replay();

    public JournalPosition Append(ReadOnlySpan<byte> rows, long at) => inner.Append(rows, at);

    public Task DurableAsync(ulong frame) => Task.CompletedTask;

    public Task SaveSnapshotAsync(
        JournalPosition position, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken = default) =>
        inner.SaveSnapshotAsync(position, parts, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
