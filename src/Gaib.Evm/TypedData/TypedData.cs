using System.Text.Json;
using Gaib.Domain;

namespace Gaib.Evm;

/// <summary>
/// Any EIP-712 message in the JSON form that wallets exchange: <c>types</c>, <c>primaryType</c>, <c>domain</c> and <c>message</c>, with
/// nested structs and arrays. It reads strictly: what the digest does not cover is refused, so that nothing can be shown that is not signed.
/// </summary>
public sealed class TypedData
{
    private const string DomainType = "EIP712Domain";

    private TypedData(Hash32 separator, Hash32 structHash, string typeString) =>
        (Separator, StructHash, TypeString) = (separator, structHash, typeString);

    /// <summary>domainSeparator. Where <c>types</c> lacks EIP712Domain, the members that the domain gives, in the EIP's order.</summary>
    public Hash32 Separator { get; }

    /// <summary>hashStruct of the message.</summary>
    public Hash32 StructHash { get; }

    /// <summary>encodeType of the primary type: its members, then the types that it refers to by name.</summary>
    public string TypeString { get; }

    /// <summary>Reads and hashes a message.</summary>
    /// <param name="json">One JSON object.</param>
    /// <exception cref="FormatException">
    /// Not JSON; a type that is unknown, recursive or defined twice; a member that is missing, undeclared or doubled; a value that its
    /// type does not hold.
    /// </exception>
    public static TypedData Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader throws InvalidOperationException for a string whose escapes are no valid UTF-16.
            throw new FormatException($"The typed data is not JSON: {e.Message}", e);
        }
    }

    /// <summary>What is signed: keccak256(0x19 ‖ 0x01 ‖ domainSeparator ‖ hashStruct(message)).</summary>
    public Hash32 Digest() => Eip712.Digest(Separator, StructHash);

    private static TypedData Read(JsonElement root)
    {
        var domain = Member(root, "domain");
        var types = TypedDataTypes.Read(Member(root, "types"), domain);
        var primary = Member(root, "primaryType");
        var name = primary.ValueKind == JsonValueKind.String ? primary.GetString()! : "";
        if (name == DomainType || !types.IsStruct(name))
        {
            throw new FormatException($"The primary type '{name}' is not one of the types of the message.");
        }

        var encoder = new TypedDataEncoder(types);
        return new TypedData(
            encoder.HashStruct(DomainType, domain),
            encoder.HashStruct(name, Member(root, "message")),
            types.TypeString(name));
    }

    private static JsonElement Member(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value)
            ? value
            : throw new FormatException($"The typed data has no '{name}'.");
}
