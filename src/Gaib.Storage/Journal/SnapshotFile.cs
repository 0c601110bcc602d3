using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>
/// A snapshot on disk: magic "GAIBSNAP", frame u64, offset u64, length u64, XXH128 of the state seeded with the frame, then the state. It is
/// written under another name, flushed, read back and only then renamed, so that a snapshot that exists is whole.
/// </summary>
internal static class SnapshotFile
{
    private const int HeaderSize = 48;

    public static void Save(string folder, JournalPosition position, ReadOnlySpan<byte> state, Action beforeRename)
    {
        var path = PathOf(folder, position);
        var temporary = path + ".new";
        Span<byte> header = stackalloc byte[HeaderSize];
        "GAIBSNAP"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], position.Frame);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], position.Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], (ulong)state.Length);
        BinaryPrimitives.WriteUInt128LittleEndian(header[32..], XxHash128.HashToUInt128(state, unchecked((long)position.Frame)));
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, header, 0);
            RandomAccess.Write(file, state, HeaderSize);
            RandomAccess.FlushToDisk(file);
        }

        if (Read(temporary) is null)
        {
            throw new JournalUnavailableException($"{temporary} does not read back as it was written.");
        }

        beforeRename();
        File.Move(temporary, path, overwrite: true);
        DurableFolder.Flush(folder);
    }

    /// <summary>The newest whole snapshot; older ones stand in for a damaged one.</summary>
    public static JournalSnapshot? LoadNewest(string folder) =>
        Directory.EnumerateFiles(folder, "snapshot-*.snap").OrderDescending(StringComparer.Ordinal)
            .Select(Read).FirstOrDefault(snapshot => snapshot is not null);

    private static JournalSnapshot? Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderSize || !bytes.AsSpan(0, 8).SequenceEqual("GAIBSNAP"u8))
        {
            return null;
        }

        var frame = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8));
        var offset = (uint)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16));
        var whole = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24)) == (ulong)(bytes.Length - HeaderSize)
            && XxHash128.HashToUInt128(bytes.AsSpan(HeaderSize), unchecked((long)frame))
                == BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(32));
        return whole ? new JournalSnapshot(new JournalPosition(frame, offset), bytes.AsMemory(HeaderSize)) : null;
    }

    private static string PathOf(string folder, JournalPosition position) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"snapshot-{position.Frame:D16}-{position.Offset:D10}.snap"));
}
