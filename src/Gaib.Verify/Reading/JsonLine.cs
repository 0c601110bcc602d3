using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Verify.Reading;

/// <summary>
/// Reads one JSON object whose keys have a fixed order. Whoever reads asks for the keys in that order; a missing, unknown, doubled or
/// misplaced key, a value of another kind and a number that is not written canonically each become a finding. After the first finding
/// of a line the rest of it reads as zeros, and the line is dropped.
/// </summary>
internal sealed class JsonLine
{
    private readonly Reading _reading;
    private readonly string _path;
    private readonly JsonElement _value;
    private JsonElement.ObjectEnumerator _members;

    private JsonLine(Reading reading, string path, JsonElement value)
    {
        (_reading, _path, _value) = (reading, path, value);
        if (value.ValueKind == JsonValueKind.Object)
        {
            _members = value.EnumerateObject();
        }
        else
        {
            Wrong("", "an object", value);
        }
    }

    /// <summary>Where the line stands.</summary>
    public LineAt At => _reading.At;

    /// <summary>Reads a whole line; null when it does not hold the shape that <paramref name="read"/> asks for.</summary>
    public static T? Read<T>(ReadOnlyMemory<byte> bytes, LineAt at, Findings findings, Func<JsonLine, T> read)
        where T : class
    {
        var reading = new Reading(at, findings);
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var value = Whole(reading, "", document.RootElement, read);
            return reading.Broken ? null : value;
        }
        catch (JsonException fault)
        {
            findings.Add(at, "", "a JSON object", fault.Message.Split('.')[0]);
            return null;
        }
    }

    /// <summary>True when the object has the key; takes nothing.</summary>
    public bool Has(string name) => _value.ValueKind == JsonValueKind.Object && _value.TryGetProperty(name, out _);

    public string Text(string name) => Parsed(name, "text", text => text);

    public ulong UInt64(string name) => Number(name, raw => ulong.Parse(raw, NumberStyles.None, CultureInfo.InvariantCulture));

    public byte Byte(string name) => Number(name, raw => byte.Parse(raw, NumberStyles.None, CultureInfo.InvariantCulture));

    public ushort UInt16(string name) => Number(name, raw => ushort.Parse(raw, NumberStyles.None, CultureInfo.InvariantCulture));

    public uint UInt32(string name) => Number(name, raw => uint.Parse(raw, NumberStyles.None, CultureInfo.InvariantCulture));

    public int Int32(string name) => Number(name, raw => int.Parse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));

    public long Int64(string name) => Number(name, raw => long.Parse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));

    public int? Int32OrNull(string name) =>
        Number<int?>(name, raw => raw == "null" ? null : int.Parse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));

    public long? Int64OrNull(string name) =>
        Number<long?>(name, raw => raw == "null" ? null : long.Parse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));

    public bool Bool(string name) => Next(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.ValueKind == JsonValueKind.True
        : Wrong(name, "true or false", value);

    /// <summary>An unsigned number in text.</summary>
    public UInt128 Amount(string name) => Parsed(name, "a decimal string", UnsignedNumber);

    /// <summary>A signed number in text.</summary>
    public Int128 Signed(string name) => Parsed(name, "a decimal string", SignedNumber);

    public Hash32 Hash(string name) => Parsed(name, "a hash", Hash32.Parse);

    public Address Person(string name) => Parsed(name, "an EIP-55 address", Address.Parse);

    public AccountId Account(string name) => Parsed(name, "an account", AccountId.Parse);

    public AssetId Asset(string name) => Parsed(name, "an asset", AssetId.Parse);

    public Signature Signature(string name) => Parsed(name, "a signature", Domain.Signature.Parse);

    public ImmutableArray<byte> Bytes(string name)
    {
        var bytes = Parsed(name, "base64", text => new Base64([.. Convert.FromBase64String(text)])).Bytes;
        return bytes.IsDefault ? [] : bytes;
    }

    public Reason Reason(string name) => Parsed(name, "the name of a reason", Enum.Parse<Reason>);

    /// <summary>A member of an enumeration, its first letter in lower case.</summary>
    public T Word<T>(string name)
        where T : struct, Enum => Parsed(name, "one of " + string.Join(", ", Enum.GetNames<T>().Select(Camel)), text => new CamelWord<T>(text)).Value;

    public T Object<T>(string name, Func<JsonLine, T> read) => Next(name, out var value) ? Whole(_reading, Path(name), value, read) : default!;

    public ImmutableArray<T> List<T>(string name, Func<JsonLine, T> read) =>
        Items(name, (path, item) => Whole(_reading, path, item, read));

    public ImmutableArray<Hash32> Hashes(string name) => Items(name, (path, item) => Text(path, item, "a hash", Hash32.Parse));

    public ImmutableArray<Address> People(string name) => Items(name, (path, item) => Text(path, item, "an EIP-55 address", Address.Parse));

    public ImmutableArray<Signature> Signatures(string name) =>
        Items(name, (path, item) => Text(path, item, "a signature", Domain.Signature.Parse));

    public ImmutableArray<int> Ints(string name) => Items(name, (path, item) =>
        Raw(path, item, raw => int.Parse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)));

    /// <summary>A list of signed numbers in text.</summary>
    public ImmutableArray<Int128> SignedList(string name) => Items(name, (path, item) => Text(path, item, "a decimal string", SignedNumber));

    /// <summary>All members that are left, in their order, whose values are texts.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Texts()
    {
        var texts = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        while (_members.MoveNext())
        {
            var member = _members.Current;
            texts.Add(new(member.Name, Text(Path(member.Name), member.Value, "text", text => text)));
        }

        return texts.ToImmutable();
    }

    /// <summary>All members that are left, in their order, whose values are numbers.</summary>
    public ImmutableArray<KeyValuePair<string, uint>> Counts()
    {
        var counts = ImmutableArray.CreateBuilder<KeyValuePair<string, uint>>();
        while (_members.MoveNext())
        {
            var member = _members.Current;
            counts.Add(new(
                member.Name,
                Raw(Path(member.Name), member.Value, raw => uint.Parse(raw, NumberStyles.None, CultureInfo.InvariantCulture))));
        }

        return counts.ToImmutable();
    }

    private static T Whole<T>(Reading reading, string path, JsonElement value, Func<JsonLine, T> read)
    {
        var line = new JsonLine(reading, path, value);
        var result = read(line);
        if (!reading.Broken && line._members.MoveNext())
        {
            line.Wrong("", "no more keys", line._members.Current.Name);
        }

        return result;
    }

    private ImmutableArray<T> Items<T>(string name, Func<string, JsonElement, T> read)
    {
        if (!Next(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong(name, "a list", value);
            return [];
        }

        return [.. value.EnumerateArray().Select((item, i) => read($"{Path(name)}[{i}]", item))];
    }

    private T Number<T>(string name, Func<string, T> parse) => Next(name, out var value) ? Raw(Path(name), value, parse) : default!;

    private T Raw<T>(string path, JsonElement value, Func<string, T> parse) =>
        Canonical(path, "a number", value.ValueKind is JsonValueKind.Number or JsonValueKind.Null ? value.GetRawText() : null, parse);

    private T Parsed<T>(string name, string expected, Func<string, T> parse) =>
        Next(name, out var value) ? Text(Path(name), value, expected, parse) : default!;

    private T Text<T>(string path, JsonElement value, string expected, Func<string, T> parse) =>
        Canonical(path, expected, value.ValueKind == JsonValueKind.String ? value.GetString() : null, parse);

    private T Canonical<T>(string path, string expected, string? text, Func<string, T> parse)
    {
        try
        {
            if (text is not null && parse(text) is var value && (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null") is var again
                && (again == text || (value is null && text == "null")))
            {
                return value;
            }
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            // Falls through: what can't be parsed is reported like what is not canonical.
        }

        _reading.Note(path, expected, text ?? "another kind of value");
        return default!;
    }

    private bool Next(string name, out JsonElement value)
    {
        value = default;
        if (_reading.Broken)
        {
            return false;
        }

        if (!_members.MoveNext())
        {
            return Wrong(name, "the key", "no more keys");
        }

        value = _members.Current.Value;
        return _members.Current.NameEquals(name) || Wrong(name, "the key", _members.Current.Name);
    }

    private bool Wrong(string name, string expected, object found)
    {
        _reading.Note(name.Length == 0 ? _path : Path(name), expected, found is JsonElement value ? value.ValueKind.ToString() : $"{found}");
        return false;
    }

    private string Path(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private static UInt128 UnsignedNumber(string text) => UInt128.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static Int128 SignedNumber(string text) => Int128.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private sealed class Reading(LineAt at, Findings findings)
    {
        public LineAt At => at;

        public bool Broken { get; private set; }

        public void Note(string path, string expected, string found)
        {
            if (!Broken)
            {
                findings.Add(at, path, expected, found);
            }

            Broken = true;
        }
    }

    private readonly record struct Base64(ImmutableArray<byte> Bytes)
    {
        public override string ToString() => Convert.ToBase64String(Bytes.AsSpan());
    }

    private readonly record struct CamelWord<T>(T Value)
        where T : struct, Enum
    {
        public CamelWord(string text)
            : this(Enum.GetValues<T>().FirstOrDefault(value => Camel(value.ToString()) == text))
        {
        }

        public override string ToString() => Camel(Value.ToString());
    }
}
