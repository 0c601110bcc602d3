using Gaib.Domain;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Utilities;

namespace Gaib.Evm;

/// <summary>The curve secp256k1 (SEC 2, section 2.4.1) and the conversions between its numbers and Gaib's 32-byte words.</summary>
internal static class Secp256k1
{
    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256k1");

    /// <summary>The curve y² = x³ + 7.</summary>
    public static ECCurve Curve { get; } = Parameters.Curve;

    /// <summary>The generator.</summary>
    public static ECPoint G { get; } = Parameters.G;

    /// <summary>The group order n.</summary>
    public static BigInteger N { get; } = Parameters.N;

    /// <summary>⌊n / 2⌋: the largest s that Ethereum accepts since EIP-2.</summary>
    public static BigInteger HalfN { get; } = Parameters.N.ShiftRight(1);

    /// <summary>A word as an unsigned big-endian number.</summary>
    public static BigInteger Number(Hash32 word) => new(1, word.ToArray());

    /// <summary>A number below 2^256 as a big-endian word.</summary>
    public static Hash32 Word(BigInteger number) => new(BigIntegers.AsUnsignedByteArray(Hash32.Size, number));

    /// <summary>Whether 0 &lt; number &lt; n.</summary>
    public static bool IsScalar(BigInteger number) => number.SignValue > 0 && number.CompareTo(N) < 0;

    /// <summary>The address of a public key: the last 20 bytes of keccak256(x ‖ y).</summary>
    public static Address AddressOf(ECPoint publicKey)
    {
        var encoded = publicKey.GetEncoded(compressed: false);
        return Address.FromHash(Keccak.Hash(encoded.AsSpan(1)));
    }
}
