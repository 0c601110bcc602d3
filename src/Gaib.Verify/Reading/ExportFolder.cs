using System.Collections.Immutable;
using System.Text.Unicode;

namespace Gaib.Verify.Reading;

/// <summary>
/// Opens the files of an export. Every line must be UTF-8 and one JSON object without space around it, ended by a line feed; the
/// first one of a file names the file and the version of its form.
/// </summary>
internal sealed class ExportFolder(string directory, Findings findings)
{
    /// <summary>The version of the export's form.</summary>
    public const uint Version = 1;

    private readonly SortedDictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>Lines read so far by file, headers not counted.</summary>
    public IReadOnlyDictionary<string, int> Lines => _lines;

    public Blobs Blobs { get; } = new(Path.Combine(directory, "blobs"), findings);

    /// <summary>The lines of <c>NAME.ndjson</c>; those that can't be read are left out and found.</summary>
    public ImmutableArray<T> Read<T>(string name, Func<JsonLine, T> read)
        where T : class
    {
        var file = name + ".ndjson";
        var lines = Split(file);
        if (lines.Count == 0)
        {
            return [];
        }

        _lines[file] = lines.Count - 1;
        ReadLine(file, 1, lines[0], line => new Header(line.Text("file"), line.UInt32("version")), out var header);
        if (header is null || !IsHeader(header, new LineAt(file, 1), name))
        {
            return [];
        }

        var records = ImmutableArray.CreateBuilder<T>(lines.Count - 1);
        for (var i = 1; i < lines.Count; i++)
        {
            if (ReadLine(file, i + 1, lines[i], read, out var record))
            {
                records.Add(record!);
            }
        }

        return records.ToImmutable();
    }

    /// <summary>The one object of <c>NAME.json</c>, which begins like a header; null when it can't be read.</summary>
    public T? ReadOne<T>(string name, Func<JsonLine, T> read)
        where T : class
    {
        var file = name + ".json";
        var lines = Split(file);
        if (lines.Count == 0 || !findings.That(lines.Count == 1, new LineAt(file, 2), "", "one line", lines.Count))
        {
            return null;
        }

        _lines[file] = 1;
        var at = new LineAt(file, 1);
        ReadLine(file, 1, lines[0], line => Tuple.Create(new Header(line.Text("file"), line.UInt32("version")), read(line)), out var both);
        return both is not null && IsHeader(both.Item1, at, name) ? both.Item2 : null;
    }

    private bool IsHeader(Header header, LineAt at, string name) =>
        findings.Equal(at, "file", name, header.File) && findings.Equal(at, "version", Version, header.Version);

    private bool ReadLine<T>(string file, int number, ReadOnlyMemory<byte> bytes, Func<JsonLine, T> read, out T? record)
        where T : class
    {
        var at = new LineAt(file, number);
        record = null;
        if (!findings.That(Utf8.IsValid(bytes.Span), at, "", "UTF-8", "other bytes")
            || !findings.That(bytes.Span is [(byte)'{', .., (byte)'}'], at, "", "an object without space around it", "something else"))
        {
            return false;
        }

        record = JsonLine.Read(bytes, at, findings, read);
        return record is not null;
    }

    private List<ReadOnlyMemory<byte>> Split(string file)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        var path = Path.Combine(directory, file);
        if (!File.Exists(path))
        {
            findings.Add(new LineAt(file, 0), "", "the file", "none");
            return lines;
        }

        ReadOnlyMemory<byte> bytes = File.ReadAllBytes(path);
        while (!bytes.IsEmpty)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                findings.Add(new LineAt(file, lines.Count + 1), "", "a line feed at the end", "the end of the file");
                end = bytes.Length - 1;
            }

            lines.Add(bytes[..end]);
            bytes = bytes[(end + 1)..];
        }

        findings.That(lines.Count > 0, new LineAt(file, 1), "", "a header line", "nothing");
        return lines;
    }

    private sealed record Header(string File, uint Version);
}
