using System.Globalization;
using System.Numerics;
using Gaib.Domain;

namespace Gaib.Evm.Tests;

/// <summary>A 256-bit number of the tests, computed by System.Numerics and so independently of what is tested.</summary>
internal readonly record struct UInt256(BigInteger Value)
{
    public static UInt256 Parse(string hex) => new(BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    public static UInt256 Of(Hash32 word) => new(new BigInteger(word.ToArray(), isUnsigned: true, isBigEndian: true));

    public static UInt256 operator +(UInt256 left, int right) => new(left.Value + right);

    public static UInt256 operator -(UInt256 left, UInt256 right) => new(left.Value - right.Value);

    public static UInt256 operator /(UInt256 left, int right) => new(left.Value / right);

    public Hash32 Word()
    {
        var bytes = new byte[32];
        var digits = Value.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, 32 - digits.Length);
        return new Hash32(bytes);
    }
}
