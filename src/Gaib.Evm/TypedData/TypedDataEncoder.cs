using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Gaib.Domain;

namespace Gaib.Evm;

/// <summary>hashStruct and encodeData of EIP-712 over JSON values.</summary>
internal sealed class TypedDataEncoder(TypedDataTypes types)
{
    /// <summary>Whether a type is atomic (bool, address, bytesN, intN, uintN) or dynamic (bytes, string). The EIP has no aliases uint and int.</summary>
    public static bool IsElementary(string type) =>
        type is "bool" or "address" or "string" or "bytes" || TryBits(type, out _, out _) || TryFixedBytes(type, out _);

    /// <summary>hashStruct: keccak256(keccak256(encodeType) ‖ encodeData).</summary>
    /// <exception cref="FormatException">See <see cref="TypedData.Parse"/>.</exception>
    public Hash32 HashStruct(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"A value of type {name} is not an object.");
        }

        var members = types.MembersOf(name);
        foreach (var given in value.EnumerateObject())
        {
            if (members.All(member => member.Name != given.Name))
            {
                throw new FormatException($"{name} has no member '{given.Name}'; it would not be signed.");
            }
        }

        var writer = new AbiWriter(members.Count + 1).Utf8(types.TypeString(name));
        foreach (var member in members)
        {
            writer.Hash(value.TryGetProperty(member.Name, out var inner)
                ? Word(member.Type, inner)
                : throw new FormatException($"The member '{member.Name}' of {name} is missing."));
        }

        return writer.Hash();
    }

    // The 32 bytes by which a value stands in its struct or array.
    private Hash32 Word(string type, JsonElement value)
    {
        if (TypedDataTypes.TryArray(type, out var element, out var length))
        {
            return HashArray(type, element, length, value);
        }

        if (types.IsStruct(type))
        {
            return HashStruct(type, value);
        }

        return type switch
        {
            "string" => Keccak.HashUtf8(Text(type, value)),
            "bytes" => Keccak.Hash(Bytes(type, value)),
            "bool" => new Hash32(new AbiWriter(1).Bool(Bool(value)).Written),
            "address" => new Hash32(new AbiWriter(1).Address(Address.Parse(Text(type, value))).Written),
            _ when TryFixedBytes(type, out var size) => FixedBytes(type, size, value),
            _ => Number(type, value),
        };
    }

    private Hash32 HashArray(string type, string element, int? length, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || (length ?? value.GetArrayLength()) != value.GetArrayLength())
        {
            throw new FormatException($"A value of type {type} is not an array of that length.");
        }

        var writer = new AbiWriter(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            writer.Hash(Word(element, item));
        }

        return writer.Hash();
    }

    private static Hash32 FixedBytes(string type, int size, JsonElement value)
    {
        var bytes = Bytes(type, value);
        if (bytes.Length != size)
        {
            throw new FormatException($"A value of type {type} has {bytes.Length} bytes.");
        }

        // A shorter type stands at the left of its word, unlike a number.
        Array.Resize(ref bytes, Hash32.Size);
        return new Hash32(bytes);
    }

    private static Hash32 Number(string type, JsonElement value)
    {
        TryBits(type, out var signed, out var bits);
        var number = Integer(type, value);
        var (min, max) = signed
            ? (-(BigInteger.One << (bits - 1)), (BigInteger.One << (bits - 1)) - 1)
            : (BigInteger.Zero, (BigInteger.One << bits) - 1);
        if (number < min || number > max)
        {
            throw new FormatException($"{number} is outside {type}.");
        }

        // A negative number stands in two's complement over the whole word.
        var unsigned = number.Sign < 0 ? (BigInteger.One << 256) + number : number;
        Span<byte> word = stackalloc byte[Hash32.Size];
        word.Clear();
        unsigned.TryWriteBytes(word[(Hash32.Size - unsigned.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
        return new Hash32(word);
    }

    // A JSON integer, a string of decimal digits, or a string of hexadecimal digits after 0x.
    private static BigInteger Integer(string type, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(type, value);
        var hex = text.StartsWith("0x", StringComparison.Ordinal);
        var style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
        // The leading zero keeps a first digit above 7 from being read as a sign; no value of 256 bits needs more than 80 characters.
        var digits = hex && text.Length > 2 ? "0" + text[2..] : text;
        return text.Length <= 80 && BigInteger.TryParse(digits, style, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{text}' is not a value of type {type}.");
    }

    private static bool Bool(JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new FormatException("A value of type bool is neither true nor false.");

    private static string Text(string type, JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"A value of type {type} is not a string.");

    private static byte[] Bytes(string type, JsonElement value)
    {
        var text = Text(type, value);
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? Convert.FromHexString(text.AsSpan(2))
            : throw new FormatException($"A value of type {type} does not start with 0x.");
    }

    private static bool TryBits(string type, out bool signed, out int bits)
    {
        signed = type.StartsWith("int", StringComparison.Ordinal);
        bits = 0;
        var digits = signed ? type[3..] : type.StartsWith("uint", StringComparison.Ordinal) ? type[4..] : "";
        return TryCount(digits, out bits) && bits % 8 == 0 && bits <= 256;
    }

    private static bool TryFixedBytes(string type, out int size)
    {
        size = 0;
        return type.StartsWith("bytes", StringComparison.Ordinal) && TryCount(type[5..], out size) && size <= 32;
    }

    // Digits without a leading zero: uint08 is no type.
    private static bool TryCount(string digits, out int count)
    {
        count = 0;
        return digits.Length is > 0 and <= 3 && digits[0] != '0'
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }
}
