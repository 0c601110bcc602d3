using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>
/// Reads a journal's segments beside their owner. What is kept beside segment N lies in <c>index/N.idx</c>: XXH128 of the rest (16 bytes),
/// then the bytes. It is not flushed: what a power cut takes or spoils is made again.
/// </summary>
internal sealed class LocalJournalHistory(string folder) : IJournalHistory
{
    private const int SumBytes = 16;

    private readonly LocalJournalFiles _files = LocalJournalFiles.Watch(folder);

    public IReadOnlyList<int> Parts()
    {
        var parts = new List<int>();
        foreach (var (index, name) in Segments.All(_files, archived: true))
        {
            if (parts is [.., var last] && index != last + 1)
            {
                throw new JournalUnavailableException($"{folder}: {Segments.NameOf(last + 1)} is missing. Restore it from a backup.");
            }

            // A segment that was made ahead of time and has no frame yet is no part.
            if (Segments.First(_files, name) is null)
            {
                break;
            }

            parts.Add(index);
        }

        return parts;
    }

    public IEnumerable<PlacedFrame> ReadPart(int part, uint from)
    {
        var bytes = ReadAll(NameOf(part), from);
        ulong number = 0;
        for (var at = 0; FrameHeader.TryRead(bytes.AsSpan(at), out var header) && (number == 0 || header.Number == number + 1);)
        {
            var rows = bytes.AsMemory(at + FrameHeader.Size, (int)header.RowBytes);
            yield return new PlacedFrame(from + (uint)at, new JournalFrame(header.Number, header.At, rows));
            (at, number) = (at + (int)header.Length, header.Number);
        }
    }

    public JournalFrame ReadFrame(int part, uint place)
    {
        var name = NameOf(part);
        var head = new byte[FrameHeader.Size];
        if (_files.Read(name, place, head) == head.Length && FrameHeader.TryReadHead(head, out var header)
            && header.Length <= _files.LengthOf(name) - place)
        {
            var bytes = new byte[header.Length];
            if (_files.Read(name, place, bytes) == bytes.Length && FrameHeader.TryRead(bytes, out header))
            {
                return new JournalFrame(header.Number, header.At, bytes.AsMemory(FrameHeader.Size, (int)header.RowBytes));
            }
        }

        throw new JournalUnavailableException(
            $"{Path.Combine(folder, name)}: there is no whole frame at offset {place}. Restore the file from a backup; "
            + $"if it is whole, remove {BesideOf(part)}.");
    }

    public byte[]? ReadBeside(int part)
    {
        if (!File.Exists(BesideOf(part)))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(BesideOf(part));
        return bytes.Length >= SumBytes && XxHash128.HashToUInt128(bytes.AsSpan(SumBytes)) == BinaryPrimitives.ReadUInt128LittleEndian(bytes)
            ? bytes[SumBytes..]
            : null;
    }

    public void KeepBeside(int part, ReadOnlySpan<byte> bytes)
    {
        var path = BesideOf(part);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var whole = new byte[SumBytes + bytes.Length];
        BinaryPrimitives.WriteUInt128LittleEndian(whole, XxHash128.HashToUInt128(bytes));
        bytes.CopyTo(whole.AsSpan(SumBytes));
        File.WriteAllBytes(path + ".new", whole);
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Dispose() => _files.Dispose();

    private string BesideOf(int part) => Path.Combine(folder, "index", part.ToString("D8", CultureInfo.InvariantCulture) + ".idx");

    private string NameOf(int part) => Segments.All(_files, archived: true).Find(segment => segment.Index == part).Name
        ?? throw new JournalUnavailableException($"{folder}: {Segments.NameOf(part)} is missing. Restore it from a backup.");

    private byte[] ReadAll(string name, uint from)
    {
        var bytes = new byte[long.Max(0, _files.LengthOf(name) - from)];
        _files.Read(name, from, bytes);
        return bytes;
    }
}
