using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>One value in one line of an export.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, the header being 0.</param>
/// <param name="Path">Keys and places from the line's object to the value.</param>
internal sealed partial record Leaf(string File, int Line, params object[] Path)
{
    /// <summary>The path as findings write it.</summary>
    public string Name => Path.Aggregate("", (name, step) => step is int place ? $"{name}[{place}]" : name.Length == 0 ? $"{step}" : $"{name}.{step}");

    /// <summary>The path with every place in a list left open: the field that the value is one of.</summary>
    public string Field => (Line == 0 && File != "network.json" ? "header." : "") + Place().Replace(Name, "[]");

    /// <summary>All values of a line.</summary>
    public static IEnumerable<Leaf> Of(string file, int line, JsonNode? node) => Walk(node, []).Select(path => new Leaf(file, line, path));

    public JsonNode? Get(JsonNode row) => Path.Aggregate((JsonNode?)row, (node, step) => step is int place ? node![place] : node![(string)step]);

    public void Set(JsonNode row, JsonNode? value)
    {
        var parent = Path[..^1].Aggregate(row, (node, step) => step is int place ? node[place]! : node[(string)step]!);
        if (Path[^1] is int last)
        {
            parent[last] = value;
        }
        else
        {
            parent[(string)Path[^1]] = value;
        }
    }

    public override string ToString() => $"{File}:{Line + 1} {Name}";

    private static IEnumerable<object[]> Walk(JsonNode? node, object[] path) => node switch
    {
        JsonObject row => row.SelectMany(member => Walk(member.Value, [.. path, member.Key])),
        JsonArray list => list.SelectMany((item, i) => Walk(item, [.. path, i])),
        _ => [path],
    };

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Place();
}
