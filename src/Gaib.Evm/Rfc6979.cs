using System.Security.Cryptography;
using Gaib.Domain;
using Org.BouncyCastle.Math;

namespace Gaib.Evm;

/// <summary>
/// The deterministic nonces of RFC 6979, section 3.2, with HMAC-SHA256 over secp256k1: the same key and digest always give the same
/// signature, and no random source can leak the key.
/// </summary>
internal ref struct Rfc6979
{
    private readonly Span<byte> _k;
    private readonly Span<byte> _v;

    /// <summary>Steps a to g.</summary>
    /// <param name="key">The private key, 32 bytes.</param>
    /// <param name="digest">The digest modulo n (bits2octets), 32 bytes.</param>
    /// <param name="work">64 bytes that the generator works in; clear them afterwards.</param>
    public Rfc6979(ReadOnlySpan<byte> key, ReadOnlySpan<byte> digest, Span<byte> work)
    {
        _k = work[..32];
        _v = work[32..64];
        _k.Clear();
        _v.Fill(0x01);
        Span<byte> seed = stackalloc byte[97];
        key.CopyTo(seed[33..]);
        digest.CopyTo(seed[65..]);
        for (byte step = 0; step < 2; step++)
        {
            _v.CopyTo(seed);
            seed[32] = step;
            HMACSHA256.HashData(_k, seed, _k);
            HMACSHA256.HashData(_k, _v, _v);
        }

        seed.Clear();
    }

    /// <summary>Step h: the next candidate; 32 bytes make it whole at once because n has 256 bits.</summary>
    /// <returns>A number k with 0 &lt; k &lt; n.</returns>
    public readonly BigInteger Next()
    {
        while (true)
        {
            HMACSHA256.HashData(_k, _v, _v);
            var candidate = new BigInteger(1, _v);
            Reseed();
            if (Secp256k1.IsScalar(candidate))
            {
                return candidate;
            }
        }
    }

    // Prepares the candidate that follows, should this one not do.
    private readonly void Reseed()
    {
        Span<byte> seed = stackalloc byte[33];
        _v.CopyTo(seed);
        seed[32] = 0x00;
        HMACSHA256.HashData(_k, seed, _k);
        HMACSHA256.HashData(_k, _v, _v);
    }
}
