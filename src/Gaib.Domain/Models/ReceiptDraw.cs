using System.Buffers.Binary;

namespace Gaib.Domain.Models;

/// <summary>Which receipts of an epoch are executed again. Nobody knows it before the next beacon, which hosts commit ahead of.</summary>
public static class ReceiptDraw
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>One receipt in this many is drawn unless a parameter says otherwise.</summary>
    public const uint OneInDefault = 64;

    /// <summary>
    /// True when the last 4 bytes of keccak256(beacon ‖ receipt), read big-endian, are a multiple of <paramref name="oneIn"/>. A power
    /// of two divides 2^32, so that every receipt has the same chance exactly.
    /// </summary>
    /// <param name="beacon">The beacon after the epoch's commitments were closed.</param>
    /// <param name="receipt">Hash of the receipt.</param>
    /// <param name="oneIn">A power of two; 1 draws all.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a power of two.</exception>
    public static bool IsDrawn(Hash32 beacon, Hash32 receipt, uint oneIn = OneInDefault)
    {
        if (!uint.IsPow2(oneIn))
        {
            throw new ArgumentOutOfRangeException(nameof(oneIn), oneIn, "The rate is one in a power of two.");
        }

        Span<byte> digest = stackalloc byte[Hash32.Size];
        Keccak.Hash(beacon, receipt).CopyTo(digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest[28..]) % oneIn == 0;
    }
}
