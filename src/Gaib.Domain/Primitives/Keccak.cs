using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gaib.Domain;

/// <summary>
/// Keccak-256 as Ethereum uses it (the original padding 0x01, not SHA3-256's 0x06), after "The Keccak reference", 2011, and FIPS 202
/// for the permutation.
/// </summary>
public static class Keccak
{
    private const int Rate = 136;

    private static readonly ulong[] RoundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>The digest of <paramref name="data"/>.</summary>
    public static Hash32 Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        while (data.Length >= Rate)
        {
            Absorb(state, data[..Rate]);
            data = data[Rate..];
        }

        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        data.CopyTo(last);
        last[data.Length] = 0x01;
        last[Rate - 1] |= 0x80;
        Absorb(state, last);
        return new Hash32(MemoryMarshal.AsBytes(state)[..Hash32.Size]);
    }

    /// <summary>The digest of two values one after the other, as Merkle nodes need it.</summary>
    public static Hash32 Hash(Hash32 left, Hash32 right)
    {
        Span<byte> bytes = stackalloc byte[2 * Hash32.Size];
        left.CopyTo(bytes);
        right.CopyTo(bytes[Hash32.Size..]);
        return Hash(bytes);
    }

    /// <summary>The digest of the UTF-8 bytes of <paramref name="text"/>.</summary>
    public static Hash32 HashUtf8(string text) => Hash(System.Text.Encoding.UTF8.GetBytes(text));

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++)
        {
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
        }

        Permute(state);
    }

    private static void Permute(Span<ulong> s)
    {
        // The 25 lanes live in locals, because spilled span accesses halve the speed of what is the hottest loop of settlement. Two
        // rounds a turn, from a to e and back, save a copy of the state; row by row only five lanes of a round are pending at a time.
        ulong a0 = s[0], a1 = s[1], a2 = s[2], a3 = s[3], a4 = s[4], a5 = s[5], a6 = s[6], a7 = s[7], a8 = s[8], a9 = s[9];
        ulong a10 = s[10], a11 = s[11], a12 = s[12], a13 = s[13], a14 = s[14], a15 = s[15], a16 = s[16], a17 = s[17], a18 = s[18];
        ulong a19 = s[19], a20 = s[20], a21 = s[21], a22 = s[22], a23 = s[23], a24 = s[24];
        ulong e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19, e20, e21, e22, e23, e24;
        ulong c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;
        for (var i = 0; i < RoundConstants.Length; i += 2)
        {
            c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
            c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
            c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
            c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
            c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;
            d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
            d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
            d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
            d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
            d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
            c0 = a0 ^ d0;
            c1 = BitOperations.RotateLeft(a6 ^ d1, 44);
            c2 = BitOperations.RotateLeft(a12 ^ d2, 43);
            c3 = BitOperations.RotateLeft(a18 ^ d3, 21);
            c4 = BitOperations.RotateLeft(a24 ^ d4, 14);
            e0 = c0 ^ (~c1 & c2) ^ RoundConstants[i];
            e1 = c1 ^ (~c2 & c3);
            e2 = c2 ^ (~c3 & c4);
            e3 = c3 ^ (~c4 & c0);
            e4 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(a3 ^ d3, 28);
            c1 = BitOperations.RotateLeft(a9 ^ d4, 20);
            c2 = BitOperations.RotateLeft(a10 ^ d0, 3);
            c3 = BitOperations.RotateLeft(a16 ^ d1, 45);
            c4 = BitOperations.RotateLeft(a22 ^ d2, 61);
            e5 = c0 ^ (~c1 & c2);
            e6 = c1 ^ (~c2 & c3);
            e7 = c2 ^ (~c3 & c4);
            e8 = c3 ^ (~c4 & c0);
            e9 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(a1 ^ d1, 1);
            c1 = BitOperations.RotateLeft(a7 ^ d2, 6);
            c2 = BitOperations.RotateLeft(a13 ^ d3, 25);
            c3 = BitOperations.RotateLeft(a19 ^ d4, 8);
            c4 = BitOperations.RotateLeft(a20 ^ d0, 18);
            e10 = c0 ^ (~c1 & c2);
            e11 = c1 ^ (~c2 & c3);
            e12 = c2 ^ (~c3 & c4);
            e13 = c3 ^ (~c4 & c0);
            e14 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(a4 ^ d4, 27);
            c1 = BitOperations.RotateLeft(a5 ^ d0, 36);
            c2 = BitOperations.RotateLeft(a11 ^ d1, 10);
            c3 = BitOperations.RotateLeft(a17 ^ d2, 15);
            c4 = BitOperations.RotateLeft(a23 ^ d3, 56);
            e15 = c0 ^ (~c1 & c2);
            e16 = c1 ^ (~c2 & c3);
            e17 = c2 ^ (~c3 & c4);
            e18 = c3 ^ (~c4 & c0);
            e19 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(a2 ^ d2, 62);
            c1 = BitOperations.RotateLeft(a8 ^ d3, 55);
            c2 = BitOperations.RotateLeft(a14 ^ d4, 39);
            c3 = BitOperations.RotateLeft(a15 ^ d0, 41);
            c4 = BitOperations.RotateLeft(a21 ^ d1, 2);
            e20 = c0 ^ (~c1 & c2);
            e21 = c1 ^ (~c2 & c3);
            e22 = c2 ^ (~c3 & c4);
            e23 = c3 ^ (~c4 & c0);
            e24 = c4 ^ (~c0 & c1);

            c0 = e0 ^ e5 ^ e10 ^ e15 ^ e20;
            c1 = e1 ^ e6 ^ e11 ^ e16 ^ e21;
            c2 = e2 ^ e7 ^ e12 ^ e17 ^ e22;
            c3 = e3 ^ e8 ^ e13 ^ e18 ^ e23;
            c4 = e4 ^ e9 ^ e14 ^ e19 ^ e24;
            d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
            d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
            d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
            d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
            d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
            c0 = e0 ^ d0;
            c1 = BitOperations.RotateLeft(e6 ^ d1, 44);
            c2 = BitOperations.RotateLeft(e12 ^ d2, 43);
            c3 = BitOperations.RotateLeft(e18 ^ d3, 21);
            c4 = BitOperations.RotateLeft(e24 ^ d4, 14);
            a0 = c0 ^ (~c1 & c2) ^ RoundConstants[i + 1];
            a1 = c1 ^ (~c2 & c3);
            a2 = c2 ^ (~c3 & c4);
            a3 = c3 ^ (~c4 & c0);
            a4 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(e3 ^ d3, 28);
            c1 = BitOperations.RotateLeft(e9 ^ d4, 20);
            c2 = BitOperations.RotateLeft(e10 ^ d0, 3);
            c3 = BitOperations.RotateLeft(e16 ^ d1, 45);
            c4 = BitOperations.RotateLeft(e22 ^ d2, 61);
            a5 = c0 ^ (~c1 & c2);
            a6 = c1 ^ (~c2 & c3);
            a7 = c2 ^ (~c3 & c4);
            a8 = c3 ^ (~c4 & c0);
            a9 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(e1 ^ d1, 1);
            c1 = BitOperations.RotateLeft(e7 ^ d2, 6);
            c2 = BitOperations.RotateLeft(e13 ^ d3, 25);
            c3 = BitOperations.RotateLeft(e19 ^ d4, 8);
            c4 = BitOperations.RotateLeft(e20 ^ d0, 18);
            a10 = c0 ^ (~c1 & c2);
            a11 = c1 ^ (~c2 & c3);
            a12 = c2 ^ (~c3 & c4);
            a13 = c3 ^ (~c4 & c0);
            a14 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(e4 ^ d4, 27);
            c1 = BitOperations.RotateLeft(e5 ^ d0, 36);
            c2 = BitOperations.RotateLeft(e11 ^ d1, 10);
            c3 = BitOperations.RotateLeft(e17 ^ d2, 15);
            c4 = BitOperations.RotateLeft(e23 ^ d3, 56);
            a15 = c0 ^ (~c1 & c2);
            a16 = c1 ^ (~c2 & c3);
            a17 = c2 ^ (~c3 & c4);
            a18 = c3 ^ (~c4 & c0);
            a19 = c4 ^ (~c0 & c1);
            c0 = BitOperations.RotateLeft(e2 ^ d2, 62);
            c1 = BitOperations.RotateLeft(e8 ^ d3, 55);
            c2 = BitOperations.RotateLeft(e14 ^ d4, 39);
            c3 = BitOperations.RotateLeft(e15 ^ d0, 41);
            c4 = BitOperations.RotateLeft(e21 ^ d1, 2);
            a20 = c0 ^ (~c1 & c2);
            a21 = c1 ^ (~c2 & c3);
            a22 = c2 ^ (~c3 & c4);
            a23 = c3 ^ (~c4 & c0);
            a24 = c4 ^ (~c0 & c1);
        }

        (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9]) = (a0, a1, a2, a3, a4, a5, a6, a7, a8, a9);
        (s[10], s[11], s[12], s[13], s[14], s[15], s[16], s[17]) = (a10, a11, a12, a13, a14, a15, a16, a17);
        (s[18], s[19], s[20], s[21], s[22], s[23], s[24]) = (a18, a19, a20, a21, a22, a23, a24);
    }
}
