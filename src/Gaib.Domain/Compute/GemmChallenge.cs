using System.Buffers.Binary;

namespace Gaib.Domain.Compute;

/// <summary>
/// Asks a device for the product of two n × n int8 matrices that nobody knew before the seed. n is chosen so that both matrices and
/// the product fill the memory that the device claims to have; the time it takes gives the capacity.
/// </summary>
/// <param name="Seed">Drawn from a beacon that came after the device's claim.</param>
/// <param name="Size">n: rows and columns, 1 … <see cref="SizeMax"/>.</param>
[GenerateSerializer, Immutable]
public sealed record GemmChallenge([property: Id(0)] Hash32 Seed, [property: Id(1)] int Size)
{
    /// <summary>Version of the generator and of the check.</summary>
    public const int RuleVersion = 1;

    /// <summary>Largest magnitude of an entry; the byte −128 is read as 0.</summary>
    public const int EntryMax = 127;

    /// <summary>
    /// Largest n: the product is one array of bytes. Far above it (n &gt; 66,572) two entries within ±n·127² could differ by the
    /// modulus of the check. Larger memories take several challenges at once.
    /// </summary>
    public const int SizeMax = 23_170;

    /// <summary>Bytes of device memory that the challenge fills: n² for each operand, 4·n² for the product.</summary>
    public long MemoryBytes => 6L * Size * Size;

    /// <summary>Multiply-accumulates of the product.</summary>
    public long Macs => checked((long)Size * Size * Size);

    /// <summary>The largest challenge within a memory.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="memoryBytes">Memory to fill, at least 6 bytes.</param>
    public static GemmChallenge ForMemory(Hash32 seed, long memoryBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryBytes, 6);
        var least = 1;
        var most = SizeMax;
        while (least < most)
        {
            var middle = (least + most + 1) / 2;
            (least, most) = 6L * middle * middle <= memoryBytes ? (middle, most) : (least, middle - 1);
        }

        return new GemmChallenge(seed, least);
    }

    /// <summary>The left operand, row by row.</summary>
    public sbyte[] Left() => Generate(0);

    /// <summary>The right operand, row by row.</summary>
    public sbyte[] Right() => Generate(1);

    /// <summary>
    /// Word i of an operand is mix(k[i mod 4] + (⌊i/4⌋ + 1)·0x9E3779B97F4A7C15), with k the four big-endian words of
    /// keccak256(abi.encode(seed, operand)) and mix the finaliser of SplitMix64 (Steele, Lea, Flood, 2014); its bytes from the lowest
    /// up are eight entries. Challenge matrices need to be new and cheap to make, not secret.
    /// </summary>
    private sbyte[] Generate(uint operand)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Size, SizeMax);
        var keys = new ulong[4];
        var digest = new AbiWriter(2).Hash(Seed).UInt(operand).Hash().ToArray();
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = BinaryPrimitives.ReadUInt64BigEndian(digest.AsSpan(8 * i));
        }

        var entries = new sbyte[checked((long)Size * Size)];
        for (long word = 0, at = 0; at < entries.LongLength; word++)
        {
            var bits = Mix(unchecked(keys[word & 3] + ((ulong)((word >> 2) + 1) * 0x9E3779B97F4A7C15)));
            for (var i = 0; i < 8 && at < entries.LongLength; i++, bits >>= 8)
            {
                var entry = unchecked((sbyte)bits);
                entries[at++] = entry == sbyte.MinValue ? (sbyte)0 : entry;
            }
        }

        return entries;
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}

/// <summary>A device's answer to a <see cref="GemmChallenge"/>.</summary>
/// <param name="Product">n² entries as little-endian int32, row by row.</param>
/// <param name="Commitment">keccak256 of the product's bytes; sent before the check vector is drawn.</param>
[GenerateSerializer, Immutable]
public sealed record GemmResult([property: Id(0)] byte[] Product, [property: Id(1)] Hash32 Commitment);
