using System.Runtime.InteropServices;

namespace Gaib.Domain;

/// <summary>
/// An ECDSA signature as Ethereum carries it: r ‖ s ‖ v, 65 bytes. The value is only carried here; whether it is one that Gaib accepts
/// (low s, v 27 or 28) is decided where it is recovered.
/// </summary>
[GenerateSerializer, Immutable]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Signature : IEquatable<Signature>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 65;

    /// <summary>Takes the three parts as they are.</summary>
    /// <param name="r">The x coordinate of the nonce point, modulo the group order; big-endian.</param>
    /// <param name="s">The proof scalar; big-endian.</param>
    /// <param name="v">27 or 28: the parity of the nonce point's y coordinate.</param>
    public Signature(Hash32 r, Hash32 s, byte v) => (R, S, V) = (r, s, v);

    /// <summary>The x coordinate of the nonce point, modulo the group order; big-endian.</summary>
    [field: Id(0)]
    public Hash32 R { get; }

    /// <summary>The proof scalar; big-endian.</summary>
    [field: Id(1)]
    public Hash32 S { get; }

    /// <summary>27 or 28: the parity of the nonce point's y coordinate.</summary>
    [field: Id(2)]
    public byte V { get; }

    /// <summary>Reads r ‖ s ‖ v.</summary>
    /// <param name="bytes">The bytes of a signature.</param>
    /// <param name="signature">The signature, or all zero.</param>
    /// <returns>False when there are not exactly 65 bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Signature signature)
    {
        signature = bytes.Length == Size
            ? new Signature(new Hash32(bytes[..32]), new Hash32(bytes[32..64]), bytes[64])
            : default;
        return bytes.Length == Size;
    }

    /// <summary>Parses 130 hexadecimal digits, with or without a leading 0x.</summary>
    /// <exception cref="FormatException">The text is not 65 bytes of hexadecimal.</exception>
    public static Signature Parse(string hex)
    {
        var digits = hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex;
        return TryRead(Convert.FromHexString(digits), out var signature)
            ? signature
            : throw new FormatException($"A signature has {2 * Size} hexadecimal digits, got {digits.Length}.");
    }

    /// <summary>Copies the 65 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        R.CopyTo(destination);
        S.CopyTo(destination[32..]);
        destination[64] = V;
    }

    /// <summary>The 65 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(Signature other) => R == other.R && S == other.S && V == other.V;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Signature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(R, S, V);

    /// <summary>Equality of all 65 bytes.</summary>
    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    /// <summary>Inequality of any of the 65 bytes.</summary>
    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);

    /// <summary>Lower-case 0x hexadecimal.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(ToArray());
}
