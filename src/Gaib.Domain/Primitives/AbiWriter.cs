using System.Buffers.Binary;

namespace Gaib.Domain;

/// <summary>
/// Writes the static head of a Solidity ABI encoding: one 32-byte big-endian word a value. All hashes of records in Gaib are
/// keccak256 over such words, so that any language with an ABI library recomputes them.
/// </summary>
public sealed class AbiWriter
{
    private byte[] _bytes;
    private int _length;

    /// <summary>Starts empty.</summary>
    /// <param name="words">Expected number of words; the writer grows when there are more.</param>
    public AbiWriter(int words = 16) => _bytes = new byte[Math.Max(1, words) * 32];

    /// <summary>The words written so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>keccak256 of the words written so far.</summary>
    public Hash32 Hash() => Keccak.Hash(Written);

    /// <summary>uint256 (and every smaller unsigned type).</summary>
    public AbiWriter UInt(UInt128 value)
    {
        var word = Next();
        BinaryPrimitives.WriteUInt128BigEndian(word[16..], value);
        return this;
    }

    /// <summary>int256 (and every smaller signed type), two's complement.</summary>
    public AbiWriter Int(Int128 value)
    {
        var word = Next();
        word[..16].Fill(value < 0 ? (byte)0xFF : (byte)0);
        BinaryPrimitives.WriteInt128BigEndian(word[16..], value);
        return this;
    }

    /// <summary>bool: one word, 0 or 1.</summary>
    public AbiWriter Bool(bool value) => UInt(value ? 1u : 0u);

    /// <summary>address: right-aligned in its word.</summary>
    public AbiWriter Address(Address value)
    {
        value.CopyTo(Next()[12..]);
        return this;
    }

    /// <summary>bytes32.</summary>
    public AbiWriter Hash(Hash32 value)
    {
        value.CopyTo(Next());
        return this;
    }

    /// <summary>A string or byte string, by its keccak256, as EIP-712 encodes dynamic values.</summary>
    public AbiWriter Utf8(string value) => Hash(Keccak.HashUtf8(value));

    private Span<byte> Next()
    {
        if (_length == _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        _length += 32;
        var word = _bytes.AsSpan(_length - 32, 32);
        word.Clear();
        return word;
    }
}
