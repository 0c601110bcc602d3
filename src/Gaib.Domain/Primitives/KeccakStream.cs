using System.Buffers.Binary;

namespace Gaib.Domain;

/// <summary>
/// Draws integers deterministically from a 32-byte seed, the same in every language: block c is
/// <c>keccak256(seed ‖ uint64_be(c))</c> for c = 0, 1, 2, …, and a block gives four big-endian 64-bit words in order.
/// Whatever Gaib draws (splits, challenges, scenarios) comes from such a stream, so that anyone can draw it again.
/// </summary>
/// <remarks>A stream is a cursor: it belongs to one caller and is not thread-safe. It is no cipher; a known seed gives all draws.</remarks>
public sealed class KeccakStream
{
    /// <summary>Version of the drawing rule.</summary>
    public const int RuleVersion = 1;

    private const int WordsPerBlock = Hash32.Size / sizeof(ulong);

    private readonly byte[] _input = new byte[Hash32.Size + sizeof(ulong)];
    private readonly byte[] _block = new byte[Hash32.Size];
    private ulong _counter;
    private int _used = WordsPerBlock;

    /// <summary>Starts at the first word of block 0.</summary>
    public KeccakStream(Hash32 seed) => seed.CopyTo(_input);

    /// <summary>A stream of its own for one purpose: its seed is <c>keccak256(abi.encode(seed, keccak256(purpose)))</c>.</summary>
    /// <param name="seed">The common seed, a beacon say.</param>
    /// <param name="purpose">A constant text that no other use of this seed has.</param>
    public static KeccakStream For(Hash32 seed, string purpose) => new(new AbiWriter(2).Hash(seed).Utf8(purpose).Hash());

    /// <summary>The next 64-bit word.</summary>
    public ulong NextUInt64()
    {
        if (_used == WordsPerBlock)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_input.AsSpan(Hash32.Size), _counter);
            Keccak.Hash(_input).CopyTo(_block);
            _counter++;
            _used = 0;
        }

        var word = BinaryPrimitives.ReadUInt64BigEndian(_block.AsSpan(sizeof(ulong) * _used));
        _used++;
        return word;
    }

    /// <summary>
    /// An unbiased integer in [0, <paramref name="bound"/>): the first word below the largest multiple of the bound that is at most
    /// 2^64, modulo the bound.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is zero.</exception>
    public ulong Next(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);

        // 2^64 mod bound words at the top would make the low residues more likely, so they are drawn again.
        var surplus = (ulong.MaxValue % bound + 1) % bound;
        ulong word;
        do
        {
            word = NextUInt64();
        }
        while (word > ulong.MaxValue - surplus);

        return word % bound;
    }

    /// <summary>An unbiased integer in [0, <paramref name="bound"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Next((ulong)bound);
    }

    /// <summary>Permutes uniformly by Fisher and Yates: for i from the last index down to 1, swap i with <c>Next(i + 1)</c>.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
