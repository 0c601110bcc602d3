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
            Add(changed, changeRow(row));
        }

        return inner.Append(changed.Written, at);
    }

    public Task DurableAsync(ulong frame) => inner.DurableAsync(frame);

    public Task SaveSnapshotAsync(
        JournalPosition position, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken = default) =>
        inner.SaveSnapshotAsync(
            position, keepPart is null ? parts : parts.Select(part => SnapshotPart.Change(part, keepPart)), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static void Add(BookRows rows, BookRow? row)
    {
        switch (row)
        {
            case TransferRow { Transfer: var transfer }:
                rows.AddTransfer(transfer);
                break;
            case CommandRow { Command: var command, Sequence: var sequence }:
                rows.AddCommand(command, sequence);
                break;
            case AssetRow { Asset: var asset }:
                rows.AddAsset(asset);
                break;
            case WriterRow { Name: var name }:
                rows.AddWriter(name);
                break;
            case EphemeralWriterRow { Number: var number }:
                rows.AddEphemeralWriter(number);
                break;
            case WriterEndRow { Number: var number }:
                rows.AddWriterEnd(number);
                break;
            case FloorRow { Writer: var writer, Floor: var floor }:
                rows.AddFloor(writer, floor);
                break;
            case NoteRow { Note: var note }:
                rows.AddNote(note);
                break;
            case null:
                break;
            default:
                throw new InvalidOperationException($"{row}");
        }
    }
}
