using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>
/// The lines of an export in memory, to be changed and laid over the original: what was not changed is linked, so that a mutant costs
/// what its own files cost.
/// </summary>
internal sealed class ExportText
{
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ConcurrentDictionary<string, Lazy<string>> Overlays = new(StringComparer.Ordinal);

    private readonly Dictionary<string, ImmutableList<string>> _changed = [];
    private readonly Dictionary<string, byte[]> _blobs = [];
    private readonly IReadOnlyDictionary<string, ImmutableList<string>> _lines;
    private readonly string _folder;

    private ExportText(string folder, IReadOnlyDictionary<string, ImmutableList<string>> lines) => (_folder, _lines) = (folder, lines);

    /// <summary>The names of all files, blobs apart.</summary>
    public IEnumerable<string> Files => _lines.Keys;

    public static ExportText Load(string folder) => new(
        folder,
        Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToDictionary(
            path => Path.GetFileName(path), path => ImmutableList.Create(File.ReadAllText(path).TrimEnd('\n').Split('\n'))));

    /// <summary>The same export, unchanged.</summary>
    public ExportText Fresh() => new(_folder, _lines);

    /// <summary>True when every file stands as in the other one.</summary>
    public bool SameAs(ExportText other) => _blobs.Count == 0 && Files.All(file => this[file].SequenceEqual(other[file]));

    /// <summary>The lines of a file, its header first.</summary>
    public ImmutableList<string> this[string file]
    {
        get => _changed.GetValueOrDefault(file) ?? _lines[file];
        set => _changed[file] = value;
    }

    /// <summary>A line as an object; the header is line 0.</summary>
    public JsonObject Object(string file, int line) => JsonNode.Parse(this[file][line])!.AsObject();

    /// <summary>Every line but the header.</summary>
    public IEnumerable<(int Line, JsonObject Row)> Rows(string file) => this[file].Skip(1).Select((text, i) => (i + 1, JsonNode.Parse(text)!.AsObject()));

    public void Set(string file, int line, JsonNode row) => this[file] = this[file].SetItem(line, row.ToJsonString(Options));

    /// <summary>Changes every line of a file in place; a line for which nothing is returned goes.</summary>
    public void Rewrite(string file, Func<JsonObject, JsonObject?> change)
    {
        var rows = Rows(file).Select(row => change(row.Row)?.ToJsonString(Options)).OfType<string>();
        this[file] = [this[file][0], .. rows];
    }

    /// <summary>Writes another text wherever a text stands.</summary>
    public void Replace(string before, string after)
    {
        foreach (var file in Files)
        {
            var lines = this[file];
            if (lines.Any(line => line.Contains(before, StringComparison.Ordinal)))
            {
                this[file] = [.. lines.Select(line => line.Replace(before, after, StringComparison.Ordinal))];
            }
        }
    }

    /// <summary>Puts bytes under the name of a blob, whatever their hash.</summary>
    public void SetBlob(string name, byte[] bytes) => _blobs[name] = bytes;

    /// <summary>Takes a blob away.</summary>
    public void RemoveBlob(string name) => _blobs[name] = [];

    /// <summary>The bytes of a blob; empty where there are none.</summary>
    public byte[] Blob(Hash32 hash)
    {
        var name = hash.ToString()[2..];
        var path = Path.Combine(_folder, "blobs", name);
        return _blobs.TryGetValue(name, out var bytes) ? bytes : File.Exists(path) ? File.ReadAllBytes(path) : [];
    }

    public string[] BlobNames() => [.. Directory.GetFiles(Path.Combine(_folder, "blobs")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Verifies the export as it stands.</summary>
    public VerificationReport Verify() => Laid(folder => ExportVerifier.Run(folder, device: RememberingDevice.Shared));

    /// <summary>Reads the export as it stands; every line must be readable. Its blobs are gone afterwards.</summary>
    public ExportData Load() => Laid(folder =>
    {
        var findings = new Findings();
        var data = ExportData.Read(new ExportFolder(folder, findings), RememberingDevice.Shared);
        Assert.Empty(findings.Kept);
        return data!;
    });

    private T Laid<T>(Func<string, T> use)
    {
        var folder = Path.Combine(DemoExport.Fast, $"gaib-mutant-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var (file, lines) in _lines)
            {
                if (_changed.TryGetValue(file, out var changed))
                {
                    File.WriteAllText(Path.Combine(folder, file), string.Concat(changed.Select(line => line + "\n")));
                }
                else
                {
                    File.CreateSymbolicLink(Path.Combine(folder, file), Path.Combine(_folder, file));
                }
            }

            var blobs = Path.Combine(_folder, "blobs");
            Directory.CreateSymbolicLink(Path.Combine(folder, "blobs"), _blobs.Count == 0 ? blobs : LaidBlobs(blobs));
            return use(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A folder with these blobs; many mutants miss the same ones, and share it.</summary>
    private string LaidBlobs(string source)
    {
        var key = string.Join(' ', _blobs.OrderBy(blob => blob.Key, StringComparer.Ordinal).Select(blob => $"{blob.Key}={Keccak.Hash(blob.Value)}"));
        return Overlays.GetOrAdd(source + key, _ => new Lazy<string>(() => LayBlobs(source))).Value;
    }

    private string LayBlobs(string source)
    {
        var target = DemoExport.NewFolder(DemoExport.Fast);
        foreach (var path in Directory.GetFiles(source).Where(path => !_blobs.ContainsKey(Path.GetFileName(path))))
        {
            File.CreateSymbolicLink(Path.Combine(target, Path.GetFileName(path)), path);
        }

        foreach (var (name, bytes) in _blobs.Where(blob => blob.Value.Length > 0))
        {
            File.WriteAllBytes(Path.Combine(target, name), bytes);
        }

        return target;
    }
}
