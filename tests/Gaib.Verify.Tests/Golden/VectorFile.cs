using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gaib.Verify.Tests.Golden;

/// <summary>The vectors as they stand in docs/reference/vectors.json: what goes into a rule, and what must come out.</summary>
internal static class VectorFile
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The whole file.</summary>
    public static string Text(IEnumerable<JsonObject> vectors)
    {
        var file = new JsonObject { ["file"] = "vectors", ["version"] = 1, ["vectors"] = new JsonArray([.. vectors]) };
        return file.ToJsonString(Indented) + "\n";
    }

    /// <summary>One vector. Members of an anonymous object become keys; whatever may pass 2^53 becomes a decimal string.</summary>
    public static JsonObject Of(string name, object input, object expected) =>
        new() { ["name"] = name, ["input"] = Node(input), ["expected"] = Node(expected) };

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        int or uint or ushort or byte or sbyte => JsonNode.Parse(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)),
        string text => text,
        byte[] bytes => "0x" + Convert.ToHexStringLower(bytes),
        System.Collections.IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Node)]),
        _ when value.GetType().Name.Contains("AnonymousType", StringComparison.Ordinal) => new JsonObject(
            value.GetType().GetProperties().Select(member => KeyValuePair.Create(member.Name, Node(member.GetValue(value))))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
