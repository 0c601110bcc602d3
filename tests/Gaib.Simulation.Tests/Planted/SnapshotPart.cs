using System.Buffers.Binary;

namespace Gaib.Simulation.Tests.Planted;

/// <summary>A part of a book's snapshot as it is written: kind u32, number of rows u32, rows.</summary>
/// <param name="Kind">What its rows are.</param>
/// <param name="Bytes">All of it; may be changed in place.</param>
internal sealed record SnapshotPart(uint Kind, byte[] Bytes)
{
    /// <summary>Reservations, 104 bytes a row.</summary>
    public const uint Reservations = 4;

    /// <summary>Members of pools, 112 bytes a row.</summary>
    public const uint Members = 6;

    /// <summary>What left for payees of other books: book 4, account 24, total 16, cause 32.</summary>
    public const uint Sent = 10;

    /// <summary>What came for payees from other books: book 4, account 24, total 16.</summary>
    public const uint Seen = 11;

    /// <summary>Writers: name 32, floor 8, number of answers 4, then each answer sequence 8, fingerprint 8, result 4, amount 16.</summary>
    public const uint Writers = 12;

    /// <summary>How many rows it has.</summary>
    public uint Count => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(4));

    /// <summary>Has a mistake change a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="mistake">Changes its bytes; true where the last row is to be left out.</param>
    public static ReadOnlyMemory<byte> Change(ReadOnlyMemory<byte> part, Func<SnapshotPart, bool> mistake)
    {
        var bytes = part.ToArray();
        var changed = new SnapshotPart(BinaryPrimitives.ReadUInt32LittleEndian(bytes), bytes);
        if (changed.Count == 0 || !mistake(changed))
        {
            return bytes;
        }

        var row = (bytes.Length - 8) / (int)changed.Count;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), changed.Count - 1);
        return bytes.AsMemory(0, bytes.Length - row);
    }
}
