using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gaib.Evm;

/// <summary>One member of a struct of typed data.</summary>
/// <param name="Type">An atomic or dynamic type, a struct's name, or one of these followed by [] or [n], repeatedly.</param>
/// <param name="Name">The member's name.</param>
internal sealed record TypedDataMember(string Type, string Name);

/// <summary>The struct types of a typed-data message and their encodeType.</summary>
internal sealed partial class TypedDataTypes
{
    /// <summary>The most struct types that a message may define; it bounds the depth of recursion and the length of encodeType.</summary>
    public const int CountMax = 256;

    // The members that a domain may have, in the order of EIP-712.
    private static readonly TypedDataMember[] DomainMembers =
    [
        new("string", "name"), new("string", "version"), new("uint256", "chainId"), new("address", "verifyingContract"), new("bytes32", "salt"),
    ];

    private readonly SortedDictionary<string, TypedDataMember[]> _structs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _typeStrings = [];

    private TypedDataTypes()
    {
    }

    /// <summary>Reads the types and checks that every one of them is defined and none contains itself.</summary>
    /// <param name="json">The object <c>types</c>.</param>
    /// <param name="domain">The domain, whose members decide its type where <paramref name="json"/> does not.</param>
    /// <exception cref="FormatException">See <see cref="TypedData.Parse"/>.</exception>
    public static TypedDataTypes Read(JsonElement json, JsonElement domain)
    {
        var types = new TypedDataTypes();
        foreach (var type in Properties(json, "types"))
        {
            types._structs.Add(Identifier(type.Name), Members(type));
        }

        if (types._structs.Count > CountMax)
        {
            throw new FormatException($"The message defines {types._structs.Count} types; {CountMax} are allowed.");
        }

        if (!types.IsStruct("EIP712Domain"))
        {
            var given = Properties(domain, "domain").Select(member => member.Name).ToHashSet();
            types._structs.Add("EIP712Domain", [.. DomainMembers.Where(member => given.Contains(member.Name))]);
        }

        var whole = new HashSet<string>();
        foreach (var name in types._structs.Keys)
        {
            types.Reach(name, [], whole);
        }

        return types;
    }

    /// <summary>Whether a struct of this name is defined.</summary>
    public bool IsStruct(string name) => _structs.ContainsKey(name);

    /// <summary>The members of a struct in order.</summary>
    public IReadOnlyList<TypedDataMember> MembersOf(string name) => _structs[name];

    /// <summary>encodeType: the struct, then all that it refers to, directly or not, sorted by name.</summary>
    public string TypeString(string name)
    {
        if (!_typeStrings.TryGetValue(name, out var text))
        {
            var referred = new SortedSet<string>(StringComparer.Ordinal);
            Collect(name, referred);
            referred.Remove(name);
            text = string.Concat(referred.Prepend(name).Select(Definition));
            _typeStrings.Add(name, text);
        }

        return text;
    }

    /// <summary>Splits the last [] or [n] off an array type.</summary>
    /// <param name="type">Any type.</param>
    /// <param name="element">The type of an element.</param>
    /// <param name="length">The fixed length, or null for a dynamic array.</param>
    /// <returns>False when the type is no array.</returns>
    public static bool TryArray(string type, out string element, out int? length)
    {
        var match = ArraySuffix().Match(type);
        (element, length) = (type, null);
        if (!match.Success)
        {
            return false;
        }

        element = type[..match.Index];
        var digits = match.Groups[1].Value;
        length = digits.Length == 0 ? null : int.Parse(digits, CultureInfo.InvariantCulture);
        return true;
    }

    private string Definition(string name) =>
        $"{name}({string.Join(',', _structs[name].Select(member => $"{member.Type} {member.Name}"))})";

    private void Collect(string name, SortedSet<string> referred)
    {
        if (!referred.Add(name))
        {
            return;
        }

        foreach (var inner in _structs[name].Select(member => Base(member.Type)).Where(IsStruct))
        {
            Collect(inner, referred);
        }
    }

    // EIP-712 leaves recursive types undefined, so they are refused, as ethers does.
    private void Reach(string name, HashSet<string> path, HashSet<string> whole)
    {
        if (!path.Add(name))
        {
            throw new FormatException($"The type {name} contains itself.");
        }

        foreach (var type in _structs[name].Select(member => Base(member.Type)).Where(type => !whole.Contains(type)))
        {
            if (IsStruct(type))
            {
                Reach(type, path, whole);
            }
            else if (!TypedDataEncoder.IsElementary(type))
            {
                throw new FormatException($"The type '{type}' in {name} is not defined.");
            }
        }

        path.Remove(name);
        whole.Add(name);
    }

    private static string Base(string type)
    {
        while (TryArray(type, out var element, out _))
        {
            type = element;
        }

        return type;
    }

    private static TypedDataMember[] Members(JsonProperty type)
    {
        if (type.Value.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"The type {type.Name} is not a list of members.");
        }

        var members = type.Value.EnumerateArray()
            .Select(member => new TypedDataMember(Text(member, "type"), Identifier(Text(member, "name"))))
            .ToArray();
        return members.DistinctBy(member => member.Name).Count() == members.Length
            ? members
            : throw new FormatException($"The type {type.Name} has two members of one name.");
    }

    private static string Text(JsonElement member, string name) =>
        member.ValueKind == JsonValueKind.Object && member.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"A member's '{name}' is missing.");

    private static string Identifier(string name) =>
        IdentifierPattern().IsMatch(name) && !TypedDataEncoder.IsElementary(name)
            ? name
            : throw new FormatException($"'{name}' is not a name.");

    private static JsonElement.ObjectEnumerator Properties(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : throw new FormatException($"'{name}' is not an object.");

    [GeneratedRegex(@"\[([1-9][0-9]{0,5}|)\]\z", RegexOptions.CultureInvariant)]
    private static partial Regex ArraySuffix();

    [GeneratedRegex(@"\A[a-zA-Z_$][a-zA-Z0-9_$]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdentifierPattern();
}
