using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>Reads a journal's segments beside their owner. Where what is made of them is kept is the home's affair.</summary>
/// <param name="files">The files, looked at.</param>
internal abstract class JournalHistory(IJournalFiles files) : IJournalHistory
{
    private readonly List<int> _parts = [];
    private readonly Dictionary<int, string> _names = [];

    /// <inheritdoc/>
    public abstract Task<T> RunAsync<T>(Func<T> reading);

    /// <inheritdoc/>
    public IReadOnlyList<int> Parts()
    {
        _names.Clear();
        foreach (var (index, name) in Segments.All(files, archived: true))
        {
            _names[index] = name;
            if (_parts is [.., var last] && index <= last)
            {
                continue;
            }

            if (_parts.Count > 0 && index != _parts[^1] + 1)
            {
                throw Missing(_parts[^1] + 1);
            }

            // A segment that was made ahead of time and has no frame yet is no part.
            if (Segments.First(files, name) is null)
            {
                break;
            }

            _parts.Add(index);
        }

        return _parts.Find(part => !_names.ContainsKey(part)) is > 0 and var gone ? throw Missing(gone) : [.. _parts];
    }

    /// <inheritdoc/>
    public ulong FirstFrameOf(int part) => Segments.First(files, NameOf(part))?.Number ?? throw Unreadable(part, 0);

    /// <inheritdoc/>
    public UInt128? SumAt(int part, uint place)
    {
        var head = new byte[FrameHeader.Size];
        return files.Read(NameOf(part), place, head) == head.Length && FrameHeader.TryReadHead(head, out var header) ? header.Checksum : null;
    }

    /// <inheritdoc/>
    public IEnumerable<PlacedFrame> ReadPart(int part, uint from)
    {
        ulong number = 0;
        for (long at = from; TryReadFrame(part, at, out var header, out var rows) && (number == 0 || header.Number == number + 1);)
        {
            yield return new PlacedFrame((uint)at, header.Checksum, new JournalFrame(header.Number, header.At, rows));
            (at, number) = (at + header.Length, header.Number);
        }
    }

    /// <inheritdoc/>
    public JournalFrame ReadFrame(int part, uint place) => TryReadFrame(part, place, out var header, out var rows)
        ? new JournalFrame(header.Number, header.At, rows)
        : throw Unreadable(part, place);

    /// <inheritdoc/>
    public abstract byte[]? ReadBeside(int part);

    /// <inheritdoc/>
    public abstract void KeepBeside(int part, ReadOnlySpan<byte> bytes);

    /// <inheritdoc/>
    public virtual void Dispose() => files.Dispose();

    private JournalUnavailableException Unreadable(int part, uint place) => new(
        $"{Path.Combine(files.Place, NameOf(part))}: there is no whole frame at offset {place}. Nothing was changed. Restore the file from a backup; "
        + "if it is whole, remove the folder \"index\", which is made again.");

    private JournalUnavailableException Missing(int part) =>
        new($"{files.Place}: {Segments.NameOf(part)} is missing. Nothing was changed. Restore it from a backup.");

    private string NameOf(int part) => _names.TryGetValue(part, out var name) ? name : throw Missing(part);

    private bool TryReadFrame(int part, long place, out FrameHeader header, out ReadOnlyMemory<byte> rows)
    {
        var (name, head) = (NameOf(part), new byte[FrameHeader.Size]);
        rows = default;
        if (files.Read(name, place, head) < head.Length || !FrameHeader.TryReadHead(head, out header) || header.Length > files.LengthOf(name) - place)
        {
            header = default;
            return false;
        }

        var bytes = new byte[header.Length];
        rows = bytes.AsMemory(FrameHeader.Size, (int)header.RowBytes);
        return files.Read(name, place, bytes) == bytes.Length && FrameHeader.TryRead(bytes, out header);
    }
}
