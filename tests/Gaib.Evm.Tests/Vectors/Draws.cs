using CsCheck;
using Gaib.Domain;

namespace Gaib.Evm.Tests;

/// <summary>Generators that several tests share.</summary>
internal static class Draws
{
    /// <summary>n, the order of secp256k1 (SEC 2, section 2.4.1).</summary>
    public static readonly UInt256 N = UInt256.Parse("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    public static readonly Gen<Hash32> Word = Gen.Byte.Array[32].Select(bytes => new Hash32(bytes));

    public static readonly Gen<Address> Address = Gen.Byte.Array[20].Select(bytes => new Address(bytes));

    public static readonly Gen<PrivateKey> Key = Word.Select(PrivateKey.Derive);

    /// <summary>The word with one of its 256 bits turned.</summary>
    public static Hash32 Flip(Hash32 word, int bit)
    {
        var bytes = word.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return new Hash32(bytes);
    }
}
