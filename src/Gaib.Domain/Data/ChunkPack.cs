using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gaib.Domain.Data;

/// <summary>
/// A dataset's chunks in one blob, so that a thousand small samples are one write: per chunk the salt (32 bytes), the length
/// (uint32, little-endian) and the bytes; the index is the position.
/// </summary>
public static class ChunkPack
{
    /// <summary>Packs chunks whose indices run 0, 1, 2 …</summary>
    public static byte[] Encode(IReadOnlyList<Chunk> chunks)
    {
        var bytes = new byte[chunks.Sum(chunk => Hash32.Size + sizeof(uint) + chunk.Bytes.Length)];
        var at = 0;
        foreach (var chunk in chunks)
        {
            chunk.Salt.CopyTo(bytes.AsSpan(at));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + Hash32.Size), (uint)chunk.Bytes.Length);
            at += Hash32.Size + sizeof(uint);
            chunk.Bytes.AsSpan().CopyTo(bytes.AsSpan(at));
            at += chunk.Bytes.Length;
        }

        return bytes;
    }

    /// <summary>Unpacks what <see cref="Encode"/> packed.</summary>
    /// <exception cref="FormatException">The blob is cut short.</exception>
    public static ImmutableArray<Chunk> Decode(ReadOnlySpan<byte> pack)
    {
        var chunks = ImmutableArray.CreateBuilder<Chunk>();
        while (!pack.IsEmpty)
        {
            const int head = Hash32.Size + sizeof(uint);
            var length = pack.Length < head ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(pack[Hash32.Size..]);
            if (length > (uint)int.Max(0, pack.Length - head))
            {
                throw new FormatException($"The pack ends inside chunk {chunks.Count}.");
            }

            var bytes = ImmutableCollectionsMarshal.AsImmutableArray(pack.Slice(head, (int)length).ToArray());
            chunks.Add(new Chunk((ulong)chunks.Count, new Hash32(pack[..Hash32.Size]), bytes));
            pack = pack[(head + (int)length)..];
        }

        return chunks.DrainToImmutable();
    }
}
