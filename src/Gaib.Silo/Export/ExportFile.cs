using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gaib.Domain;

namespace Gaib.Silo.Export;

/// <summary>Writes one file of an export: a first line that names it, then one JSON object a line.</summary>
internal sealed class ExportFile : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;

    public ExportFile(string directory, string name)
    {
        _stream = new FileStream(Path.Combine(directory, name + ".ndjson"), FileMode.Create, FileAccess.Write);
        _json = new Utf8JsonWriter(_stream, Options);
        Line(row => row.Text("file", name).Number("version", 1));
    }

    /// <summary>Writes one line.</summary>
    public void Line(Action<ExportRow> write)
    {
        _json.WriteStartObject();
        write(new ExportRow(_json));
        _json.WriteEndObject();
        _json.Flush();
        _stream.WriteByte((byte)'\n');
        _json.Reset();
    }

    public void Dispose()
    {
        _json.Dispose();
        _stream.Dispose();
    }

    /// <summary>Writes a file that is one object.</summary>
    public static void WriteObject(string path, Action<ExportRow> write)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartObject();
        write(new ExportRow(json));
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }
}

/// <summary>Writes the members of one object in the forms that the format prescribes.</summary>
internal readonly struct ExportRow(Utf8JsonWriter json)
{
    private readonly Utf8JsonWriter _json = json;

    /// <summary>A string.</summary>
    public ExportRow Text(string name, string? value)
    {
        _json.WriteString(name, value);
        return this;
    }

    /// <summary>Anything whose text form is the format's: hashes, addresses, accounts, assets, signatures.</summary>
    public ExportRow Of<T>(string name, T value)
        where T : struct => Text(name, value.ToString());

    /// <summary>A JSON number.</summary>
    public ExportRow Number(string name, long value)
    {
        _json.WriteNumber(name, value);
        return this;
    }

    /// <summary>A JSON number or null.</summary>
    public ExportRow Number(string name, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
        else
        {
            _json.WriteNull(name);
        }

        return this;
    }

    /// <summary>A decimal string.</summary>
    public ExportRow Big(string name, UInt128 value) => Text(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A decimal string, possibly negative.</summary>
    public ExportRow Signed(string name, Int128 value) => Text(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A boolean.</summary>
    public ExportRow Flag(string name, bool value)
    {
        _json.WriteBoolean(name, value);
        return this;
    }

    /// <summary>Base64.</summary>
    public ExportRow Bytes(string name, ReadOnlySpan<byte> value)
    {
        _json.WriteBase64String(name, value);
        return this;
    }

    /// <summary>JSON that was written before.</summary>
    public ExportRow Raw(string name, string value)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(value);
        return this;
    }

    /// <summary>An object.</summary>
    public ExportRow Object(string name, Action<ExportRow> write)
    {
        _json.WriteStartObject(name);
        write(this);
        _json.WriteEndObject();
        return this;
    }

    /// <summary>A list of objects.</summary>
    public ExportRow List<T>(string name, IEnumerable<T> rows, Action<ExportRow, T> write)
    {
        _json.WriteStartArray(name);
        foreach (var row in rows)
        {
            _json.WriteStartObject();
            write(this, row);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        return this;
    }

    /// <summary>A list of texts: hashes, addresses, signatures, decimal strings.</summary>
    public ExportRow Texts<T>(string name, IEnumerable<T> values)
        where T : struct
    {
        _json.WriteStartArray(name);
        foreach (var value in values)
        {
            _json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        _json.WriteEndArray();
        return this;
    }

    /// <summary>A list of JSON numbers.</summary>
    public ExportRow Numbers(string name, IEnumerable<int> values)
    {
        _json.WriteStartArray(name);
        foreach (var value in values)
        {
            _json.WriteNumberValue(value);
        }

        _json.WriteEndArray();
        return this;
    }

    /// <summary>A reason by its name.</summary>
    public ExportRow Why(string name, Reason reason) => Text(name, reason.ToString());

    /// <summary>An enumeration's name in camelCase.</summary>
    public ExportRow Name<T>(string name, T value)
        where T : struct, Enum
    {
        var text = value.ToString();
        return Text(name, char.ToLowerInvariant(text[0]) + text[1..]);
    }
}
