using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>A journal between the book and the real one that changes what is kept: the mistakes of a book that keeps too little.</summary>
internal sealed class SpoiltJournal(
    IJournal inner, Func<BookRow, BookRow?>? changeRow, Func<SnapshotPart, bool>? keepPart) : IJournal
{
    public JournalSnapshot? Snapshot => inner.Snapshot;

    public string Mended => inner.Mended;

    public IEnumerable<JournalFrame> Replay() => inner.Replay();

    public JournalPosition Append(ReadOnlySpan<byte> rows, long at)
    {
        if (changeRow is null)
        {
            return inner.Append(rows, at);
        }

        var changed = new BookRows();
        foreach (var row in BookRow.Read(rows.ToArray()))
        {
            if (changeRow(row) is { } kept)
            {
                changed.Add(kept);
            }
        }

        return inner.Append(changed.Written, at);
    }

    public Task DurableAsync(ulong frame) => inner.DurableAsync(frame);

    public Task SaveSnapshotAsync(
        JournalPosition position, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken = default) =>
        inner.SaveSnapshotAsync(
            position, keepPart is null ? parts : parts.Select(part => SnapshotPart.Change(part, keepPart)), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
