using System.Buffers;
using System.Text.Json;
using System.Text;
using Gaib.Domain;

namespace Gaib.Evm;

/// <summary>Typed data as wallets sign it (https://eips.ethereum.org/EIPS/eip-712).</summary>
public static class Eip712
{
    /// <summary>What is signed: keccak256(0x19 ‖ 0x01 ‖ domainSeparator ‖ hashStruct(message)).</summary>
    public static Hash32 Digest(Eip712Domain domain, TypedMessage message) => Digest(domain.Separator, message.StructHash());

    /// <summary>What is signed, from the two hashes. Keep the separator of a fixed domain: it is half the work.</summary>
    /// <param name="separator"><see cref="Eip712Domain.Separator"/>.</param>
    /// <param name="structHash"><see cref="TypedMessage.StructHash"/>.</param>
    public static Hash32 Digest(Hash32 separator, Hash32 structHash)
    {
        Span<byte> bytes = stackalloc byte[2 + (2 * Hash32.Size)];
        bytes[0] = 0x19;
        bytes[1] = 0x01;
        separator.CopyTo(bytes[2..]);
        structHash.CopyTo(bytes[(2 + Hash32.Size)..]);
        return Keccak.Hash(bytes);
    }

    /// <summary>The message as JSON, as eth_signTypedData_v4 of any wallet takes it. Numbers are decimal strings.</summary>
    public static string ToJson(Eip712Domain domain, TypedMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("types");
            WriteType(json, domain);
            WriteType(json, message);
            json.WriteEndObject();
            json.WriteString("primaryType", message.TypeName);
            WriteValues(json, "domain", domain);
            WriteValues(json, "message", message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteType(Utf8JsonWriter json, TypedMessage message)
    {
        json.WriteStartArray(message.TypeName);
        foreach (var member in message.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name", member.Name);
            json.WriteString("type", member.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValues(Utf8JsonWriter json, string name, TypedMessage message)
    {
        json.WriteStartObject(name);
        foreach (var member in message.Fields)
        {
            if (member.Type == "bool")
            {
                json.WriteBoolean(member.Name, member.Text == "true");
            }
            else
            {
                json.WriteString(member.Name, member.Text);
            }
        }

        json.WriteEndObject();
    }
}
