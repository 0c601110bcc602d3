using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gaib.Domain;

/// <summary>One member of a flat EIP-712 struct: its Solidity type, its name, its encoded word, and the text by which exports show it.</summary>
/// <param name="Type">Solidity type: address, bytes32, string, bool, uint64, uint128, uint256 or int64.</param>
/// <param name="Name">Member name, camelCase.</param>
/// <param name="Word">The 32-byte EIP-712 encoding (a string by its keccak256).</param>
/// <param name="Text">Decimal digits, EIP-55 address, lower-case 0x hash, true/false, or the string itself.</param>
public readonly record struct TypedField(string Type, string Name, Hash32 Word, string Text)
{
    /// <summary>An address member.</summary>
    public static TypedField Of(string name, Address value) =>
        new("address", name, Encode(w => w.Address(value)), value.ToString());

    /// <summary>A bytes32 member.</summary>
    public static TypedField Of(string name, Hash32 value) => new("bytes32", name, value, value.ToString());

    /// <summary>A uint64 member.</summary>
    public static TypedField Of(string name, ulong value) => Number("uint64", name, value);

    /// <summary>A uint128 member.</summary>
    public static TypedField Of(string name, UInt128 value) => Number("uint128", name, value);

    /// <summary>A uint256 member whose value fits 128 bits.</summary>
    public static TypedField Uint256(string name, UInt128 value) => Number("uint256", name, value);

    /// <summary>An int64 member; times are Unix milliseconds of the runtime's clock.</summary>
    public static TypedField Of(string name, long value) =>
        new("int64", name, Encode(w => w.Int(value)), value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A string member.</summary>
    public static TypedField Of(string name, string value) => new("string", name, Keccak.HashUtf8(value), value);

    private static TypedField Number(string type, string name, UInt128 value) =>
        new(type, name, Encode(w => w.UInt(value)), value.ToString(CultureInfo.InvariantCulture));

    private static Hash32 Encode(Action<AbiWriter> write)
    {
        var writer = new AbiWriter(1);
        write(writer);
        return new Hash32(writer.Written);
    }
}

/// <summary>
/// A flat EIP-712 struct (https://eips.ethereum.org/EIPS/eip-712). The one list <see cref="Fields"/> gives the type string, the
/// struct hash and the payload of an export, so that they can't drift apart.
/// </summary>
[GenerateSerializer, Immutable]
public abstract record TypedMessage
{
    /// <summary>The struct's name.</summary>
    public abstract string TypeName { get; }

    /// <summary>The members in order.</summary>
    public abstract IReadOnlyList<TypedField> Fields { get; }

    /// <summary>encodeType of EIP-712: <c>Name(type member,type member)</c>.</summary>
    public string TypeString
    {
        get
        {
            var text = new StringBuilder(TypeName).Append('(');
            foreach (var member in Fields)
            {
                text.Append(text[^1] == '(' ? "" : ",").Append(member.Type).Append(' ').Append(member.Name);
            }

            return text.Append(')').ToString();
        }
    }

    /// <summary>The members as one JSON object in their order; every value as text, so that no reader rounds a large number.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in Fields)
            {
                writer.WriteString(member.Name, member.Text);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>hashStruct of EIP-712: keccak256(typeHash ‖ encodeData).</summary>
    public Hash32 StructHash()
    {
        var members = Fields;
        var writer = new AbiWriter(members.Count + 1).Hash(Keccak.HashUtf8(TypeString));
        foreach (var member in members)
        {
            writer.Hash(member.Word);
        }

        return writer.Hash();
    }
}
