using System.Security.Cryptography;
using Gaib.Domain;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Utilities;

namespace Gaib.Evm;

/// <summary>A secp256k1 private key. It signs, and it never shows itself: neither in text nor through a member.</summary>
/// <remarks>
/// BouncyCastle's numbers are not of constant time. A key that signs where others can measure it to the nanosecond belongs behind a
/// signer on another machine.
/// </remarks>
public sealed class PrivateKey
{
    private static readonly FixedPointCombMultiplier Multiplier = new();

    private readonly byte[] _secret;
    private readonly BigInteger _d;

    /// <summary>Takes a secret as it is.</summary>
    /// <param name="secret">A big-endian number d with 0 &lt; d &lt; n.</param>
    /// <exception cref="ArgumentException">The secret is 0 or not below the group order.</exception>
    public PrivateKey(Hash32 secret)
    {
        _secret = secret.ToArray();
        _d = new BigInteger(1, _secret);
        if (!Secp256k1.IsScalar(_d))
        {
            throw new ArgumentException("A private key lies between 1 and n - 1.", nameof(secret));
        }

        Address = Secp256k1.AddressOf(Multiplier.Multiply(Secp256k1.G, _d).Normalize());
    }

    /// <summary>The account that this key signs for.</summary>
    public Address Address { get; }

    /// <summary>
    /// The key of a seed: the seed itself when it is a valid secret, else the first valid one of keccak256(seed), keccak256 of that,
    /// and so on. Two different seeds give two different keys but for a chance of 2^-128.
    /// </summary>
    /// <param name="seed">32 secret bytes, for instance keccak256 over a scenario's seed and a name.</param>
    public static PrivateKey Derive(Hash32 seed)
    {
        while (!Secp256k1.IsScalar(Secp256k1.Number(seed)))
        {
            seed = Keccak.Hash(seed.ToArray());
        }

        return new PrivateKey(seed);
    }

    /// <summary>Signs a digest: nonce by RFC 6979, s in the lower half (EIP-2), v 27 or 28.</summary>
    /// <param name="digest">What is signed, for typed data <see cref="Eip712.Digest(Eip712Domain, TypedMessage)"/>.</param>
    public Signature Sign(Hash32 digest)
    {
        var z = Secp256k1.Number(digest).Mod(Secp256k1.N);
        Span<byte> work = stackalloc byte[96];
        Secp256k1.Word(z).CopyTo(work[64..]);
        var nonces = new Rfc6979(_secret, work[64..], work[..64]);
        try
        {
            while (true)
            {
                if (TrySign(z, nonces.Next(), out var signature))
                {
                    return signature;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(work);
        }
    }

    /// <summary>The address, never the secret.</summary>
    public override string ToString() => $"PrivateKey of {Address}";

    private bool TrySign(BigInteger z, BigInteger k, out Signature signature)
    {
        var point = Multiplier.Multiply(Secp256k1.G, k).Normalize();
        var r = point.AffineXCoord.ToBigInteger();
        var inverse = BigIntegers.ModOddInverse(Secp256k1.N, k);
        var s = inverse.Multiply(z.Add(r.Multiply(_d))).Mod(Secp256k1.N);
        if (!Secp256k1.IsScalar(r) || s.SignValue == 0)
        {
            // An x of n or above would need v 29 or 30, which the EVM refuses; like a zero it is left for the next nonce.
            signature = default;
            return false;
        }

        // Of the two signatures s and n - s the lower is valid on chain; the negation mirrors the point, so the parity flips too.
        var odd = point.AffineYCoord.TestBitZero();
        var high = s.CompareTo(Secp256k1.HalfN) > 0;
        s = high ? Secp256k1.N.Subtract(s) : s;
        signature = new Signature(Secp256k1.Word(r), Secp256k1.Word(s), (byte)(odd != high ? 28 : 27));
        return true;
    }
}
