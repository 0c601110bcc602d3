using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Gaib.Domain.Money;

/// <summary>Writes the members of a journal or snapshot row, little-endian; strings and byte strings with a 32-bit length before them.</summary>
public sealed class RowBody
{
    private byte[] _bytes = new byte[256];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public RowBody Clear()
    {
        _length = 0;
        return this;
    }

    /// <summary>32 bytes.</summary>
    public RowBody Write(Hash32 value)
    {
        value.CopyTo(Take(Hash32.Size));
        return this;
    }

    /// <summary>20 bytes.</summary>
    public RowBody Write(Address value)
    {
        value.CopyTo(Take(Address.Size));
        return this;
    }

    /// <summary>4 bytes of kind and 20 of key.</summary>
    public RowBody Write(AccountId value) => Write((uint)value.Kind).Write(value.Key);

    /// <summary>4 bytes.</summary>
    public RowBody Write(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
        return this;
    }

    /// <summary>8 bytes.</summary>
    public RowBody Write(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
        return this;
    }

    /// <summary>8 bytes.</summary>
    public RowBody Write(long value) => Write(unchecked((ulong)value));

    /// <summary>16 bytes.</summary>
    public RowBody Write(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(Take(16), value);
        return this;
    }

    /// <summary>Length and bytes.</summary>
    public RowBody Write(ReadOnlySpan<byte> value)
    {
        Write((uint)value.Length);
        value.CopyTo(Take(value.Length));
        return this;
    }

    /// <summary>Length and UTF-8 bytes.</summary>
    public RowBody Write(string value) => Write(Encoding.UTF8.GetBytes(value));

    /// <summary>The bytes of a transfer.</summary>
    public RowBody Write(in Transfer value)
    {
        MemoryMarshal.Write(Take(Transfer.SizeInBytes), in value);
        return this;
    }

    private Span<byte> Take(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, int.Max(_length + count, 2 * _bytes.Length));
        }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}

/// <summary>Reads what <see cref="RowBody"/> wrote.</summary>
public ref struct RowReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the beginning of <paramref name="bytes"/>.</summary>
    public RowReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>True when all was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads 32 bytes.</summary>
    public Hash32 Hash() => new(Take(Hash32.Size));

    /// <summary>Reads 20 bytes.</summary>
    public Address Address() => new(Take(Domain.Address.Size));

    /// <summary>Reads an account.</summary>
    public AccountId Account() => new((AccountKind)UInt32(), Address());

    /// <summary>Reads 4 bytes.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Reads 8 bytes.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Reads 8 bytes.</summary>
    public long Int64() => unchecked((long)UInt64());

    /// <summary>Reads 16 bytes.</summary>
    public UInt128 UInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    /// <summary>Reads length and bytes.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(checked((int)UInt32()));

    /// <summary>Reads length and UTF-8 text.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Reads a transfer.</summary>
    public Transfer Transfer() => MemoryMarshal.Read<Transfer>(Take(Money.Transfer.SizeInBytes));

    /// <summary>Takes the next <paramref name="count"/> bytes as they are.</summary>
    /// <exception cref="InvalidOperationException">There are fewer: the row is cut short.</exception>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new InvalidOperationException($"The row ends {count - _rest.Length} bytes early.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
