using Gaib.Domain;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Utilities;

namespace Gaib.Evm;

/// <summary>Recovers who signed a digest (SEC 1, section 4.1.6), as strictly as OpenZeppelin's ECDSA.recover.</summary>
public static class EcdsaRecovery
{
    /// <summary>Recovers the signer from a signature as it came over a wire.</summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">r ‖ s ‖ v; anything but 65 bytes is refused, EIP-2098's 64 bytes too.</param>
    /// <param name="signer">The address whose key made the signature; zero when refused.</param>
    /// <returns>False when the signature is refused: see <see cref="TryRecover(Hash32, Signature, out Address)"/>.</returns>
    public static bool TryRecover(Hash32 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = default;
        return Signature.TryRead(signature, out var parts) && TryRecover(digest, parts, out signer);
    }

    /// <summary>
    /// Recovers the signer. Every signature that could be rewritten into another valid one is refused: v other than 27 or 28, r or s
    /// zero or not below n, s above n/2 (EIP-2).
    /// </summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="signer">The address whose key made the signature; zero when refused.</param>
    public static bool TryRecover(Hash32 digest, Signature signature, out Address signer)
    {
        signer = default;
        var (r, s) = (Secp256k1.Number(signature.R), Secp256k1.Number(signature.S));
        if (signature.V is not (27 or 28) || !Secp256k1.IsScalar(r) || s.SignValue == 0 || s.CompareTo(Secp256k1.HalfN) > 0)
        {
            return false;
        }

        if (!TryDecompress(signature, out var point))
        {
            return false;
        }

        // Q = r⁻¹(sR − zG).
        var inverse = BigIntegers.ModOddInverseVar(Secp256k1.N, r);
        var z = Secp256k1.Number(digest).Mod(Secp256k1.N);
        var u1 = Secp256k1.N.Subtract(z).Multiply(inverse).Mod(Secp256k1.N);
        var u2 = s.Multiply(inverse).Mod(Secp256k1.N);
        var publicKey = ECAlgorithms.SumOfTwoMultiplies(Secp256k1.G, u1, point, u2).Normalize();
        if (publicKey.IsInfinity)
        {
            return false;
        }

        signer = Secp256k1.AddressOf(publicKey);
        return true;
    }

    private static bool TryDecompress(Signature signature, out ECPoint point)
    {
        var encoded = new byte[1 + Hash32.Size];
        encoded[0] = (byte)(signature.V - 27 + 2);
        signature.R.CopyTo(encoded.AsSpan(1));
        try
        {
            point = Secp256k1.Curve.DecodePoint(encoded);
            return true;
        }
        catch (ArgumentException)
        {
            // About half of all r are no x coordinate of the curve; BouncyCastle tells so by throwing only.
            point = Secp256k1.Curve.Infinity;
            return false;
        }
    }
}
