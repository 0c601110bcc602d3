using System.Runtime.InteropServices;
using System.Text;

namespace Gaib.Domain;

/// <summary>A 20-byte EVM address. Orders as a big-endian unsigned integer; prints with the EIP-55 checksum.</summary>
[GenerateSerializer, Immutable]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Address : IEquatable<Address>, IComparable<Address>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    [Id(0)] private readonly ulong _a;
    [Id(1)] private readonly ulong _b;
    [Id(2)] private readonly uint _c;

    /// <summary>Reads exactly 20 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 20 bytes long.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An address has 20 bytes, got {bytes.Length}.", nameof(bytes));
        }

        _a = MemoryMarshal.Read<ulong>(bytes);
        _b = MemoryMarshal.Read<ulong>(bytes[8..]);
        _c = MemoryMarshal.Read<uint>(bytes[16..]);
    }

    /// <summary>The zero address.</summary>
    public static Address Zero => default;

    /// <summary>True for the zero address.</summary>
    public bool IsZero => (_a | _b | _c) == 0;

    /// <summary>The 20 bytes as little-endian words.</summary>
    internal (ulong A, ulong B, uint C) Words => (_a, _b, _c);

    /// <summary>The last eight bytes as a big-endian integer.</summary>
    public ulong Suffix64 => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((_b >> 32) | ((ulong)_c << 32));

    /// <summary>Copies the 20 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>The 20 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The last 20 bytes of a hash, as Ethereum derives addresses.</summary>
    public static Address FromHash(Hash32 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        hash.CopyTo(bytes);
        return new Address(bytes[12..]);
    }

    /// <summary>Parses 40 hexadecimal digits with or without 0x. Mixed case must carry the right EIP-55 checksum.</summary>
    /// <exception cref="FormatException">Wrong length, not hexadecimal, or a wrong checksum.</exception>
    public static Address Parse(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        if (digits.Length != 2 * Size)
        {
            throw new FormatException($"An address has 40 hexadecimal digits, got {digits.Length}.");
        }

        var address = new Address(Convert.FromHexString(digits));
        var mixed = digits.Any(char.IsAsciiLetterUpper) && digits.Any(char.IsAsciiLetterLower);
        return !mixed || address.ToString().AsSpan(2).SequenceEqual(digits)
            ? address
            : throw new FormatException($"The EIP-55 checksum of {text} is wrong; expected {address}.");
    }

    /// <inheritdoc/>
    public bool Equals(Address other) => _a == other._a && _b == other._b && _c == other._c;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => SeededHash.Of(_a, _b, _c);

    /// <summary>A hash code of the address and a number beside it.</summary>
    internal int GetHashCode(uint beside) => SeededHash.Of(_a, _b, ((ulong)beside << 32) | _c);

    /// <summary>A hash code of the address and two numbers beside it.</summary>
    internal int GetHashCode(uint beside, ulong also) => SeededHash.Of(_a, _b, ((ulong)beside << 32) | _c, also);

    /// <inheritdoc/>
    public int CompareTo(Address other)
    {
        Span<byte> mine = stackalloc byte[Size];
        Span<byte> theirs = stackalloc byte[Size];
        CopyTo(mine);
        other.CopyTo(theirs);
        return mine.SequenceCompareTo(theirs);
    }

    /// <summary>Equality of all 20 bytes.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Inequality of any of the 20 bytes.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    /// <summary>Big-endian order.</summary>
    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    /// <summary>Big-endian order.</summary>
    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    /// <summary>Big-endian order.</summary>
    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    /// <summary>Big-endian order.</summary>
    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    /// <summary>0x and 40 digits with the EIP-55 checksum.</summary>
    public override string ToString()
    {
        Span<char> digits = stackalloc char[2 * Size];
        Convert.TryToHexStringLower(ToArray(), digits, out _);
        Span<byte> ascii = stackalloc byte[2 * Size];
        Encoding.ASCII.GetBytes(digits, ascii);
        var hash = Keccak.Hash(ascii).ToArray();
        for (var i = 0; i < digits.Length; i++)
        {
            var nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF;
            digits[i] = nibble >= 8 ? char.ToUpperInvariant(digits[i]) : digits[i];
        }

        return string.Concat("0x", digits);
    }
}
