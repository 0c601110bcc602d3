using System.Buffers.Binary;

namespace Gaib.Domain.Training;

/// <summary>
/// A stream of 64-bit words drawn from a hash: block i is keccak256(abi.encode(seed, i)), read as four big-endian words. Any language
/// with an ABI library draws the same words.
/// </summary>
public sealed class DrawStream
{
    private const int WordsPerBlock = Hash32.Size / sizeof(ulong);

    private readonly Hash32 _seed;
    private readonly ulong[] _words = new ulong[WordsPerBlock];
    private ulong _block;
    private int _next = WordsPerBlock;

    /// <summary>Starts before the first word of block 0.</summary>
    /// <param name="seed">The hash that fixes every word.</param>
    public DrawStream(Hash32 seed) => _seed = seed;

    /// <summary>The next word, uniform over 64 bits.</summary>
    public ulong NextWord()
    {
        if (_next == WordsPerBlock)
        {
            Refill();
        }

        return _words[_next++];
    }

    /// <summary>
    /// A number uniform over 0 … <paramref name="bound"/> − 1: the first word below the largest multiple of the bound, modulo the
    /// bound. Words above it are skipped, so that no number is favoured.
    /// </summary>
    /// <param name="bound">At least 1.</param>
    public ulong NextBelow(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);

        // 2^64 mod bound words at the top are refused.
        var refused = (ulong.MaxValue % bound + 1) % bound;
        var last = ulong.MaxValue - refused;
        while (true)
        {
            var word = NextWord();
            if (word <= last)
            {
                return word % bound;
            }
        }
    }

    private void Refill()
    {
        Span<byte> digest = stackalloc byte[Hash32.Size];
        new AbiWriter(2).Hash(_seed).UInt(_block).Hash().CopyTo(digest);
        for (var i = 0; i < WordsPerBlock; i++)
        {
            _words[i] = BinaryPrimitives.ReadUInt64BigEndian(digest[(sizeof(ulong) * i)..]);
        }

        _block = checked(_block + 1);
        _next = 0;
    }
}
