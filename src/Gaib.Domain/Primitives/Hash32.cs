using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gaib.Domain;

/// <summary>A 32-byte value, usually a keccak-256 digest. Compares as a big-endian unsigned integer.</summary>
[GenerateSerializer, Immutable]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Hash32 : IEquatable<Hash32>, IComparable<Hash32>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    [Id(0)] private readonly ulong _a;
    [Id(1)] private readonly ulong _b;
    [Id(2)] private readonly ulong _c;
    [Id(3)] private readonly ulong _d;

    /// <summary>Reads exactly 32 bytes.</summary>
    /// <param name="bytes">32 bytes.</param>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public Hash32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A hash has 32 bytes, got {bytes.Length}.", nameof(bytes));
        }

        // The words are kept in memory order, so that the struct is the bytes and may be written to a journal as it lies.
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>All bytes zero.</summary>
    public static Hash32 Zero => default;

    /// <summary>True when all bytes are zero.</summary>
    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>The first eight bytes as a big-endian integer.</summary>
    public ulong Prefix64 => BinaryPrimitives.ReverseEndianness(_a);

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>The 32 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Parses 64 hexadecimal digits, with or without a leading 0x.</summary>
    /// <exception cref="FormatException">The text is not 32 bytes of hexadecimal.</exception>
    public static Hash32 Parse(string hex)
    {
        var digits = hex.AsSpan();
        if (digits.StartsWith("0x", StringComparison.Ordinal))
        {
            digits = digits[2..];
        }

        return digits.Length == 2 * Size
            ? new Hash32(Convert.FromHexString(digits))
            : throw new FormatException($"A hash has 64 hexadecimal digits, got {digits.Length}.");
    }

    /// <inheritdoc/>
    public bool Equals(Hash32 other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash32 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_a, _b);

    /// <inheritdoc/>
    public int CompareTo(Hash32 other)
    {
        Span<byte> mine = stackalloc byte[Size];
        Span<byte> theirs = stackalloc byte[Size];
        CopyTo(mine);
        other.CopyTo(theirs);
        return mine.SequenceCompareTo(theirs);
    }

    /// <summary>Equality of all 32 bytes.</summary>
    public static bool operator ==(Hash32 left, Hash32 right) => left.Equals(right);

    /// <summary>Inequality of any of the 32 bytes.</summary>
    public static bool operator !=(Hash32 left, Hash32 right) => !left.Equals(right);

    /// <summary>Big-endian order.</summary>
    public static bool operator <(Hash32 left, Hash32 right) => left.CompareTo(right) < 0;

    /// <summary>Big-endian order.</summary>
    public static bool operator >(Hash32 left, Hash32 right) => left.CompareTo(right) > 0;

    /// <summary>Big-endian order.</summary>
    public static bool operator <=(Hash32 left, Hash32 right) => left.CompareTo(right) <= 0;

    /// <summary>Big-endian order.</summary>
    public static bool operator >=(Hash32 left, Hash32 right) => left.CompareTo(right) >= 0;

    /// <summary>Lower-case 0x hexadecimal.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(ToArray());
}
