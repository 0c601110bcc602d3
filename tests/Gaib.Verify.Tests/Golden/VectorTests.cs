using System.Text.Json.Nodes;

namespace Gaib.Verify.Tests.Golden;

public sealed class VectorTests
{
    private static readonly Lazy<JsonObject[]> All = new(() => [.. HashVectors.All(), .. DataVectors.All(), .. PayVectors.All(), .. RunVectors.All(), .. RecordVectors.All()]);

    [Fact]
    public void Vectors_EachOne_IsWhatTheRulesGive()
    {
        var path = Reference.Of("vectors.json");
        var text = VectorFile.Text(All.Value);
        if (Reference.IsRenewal)
        {
            File.WriteAllText(path, text);
        }

        var committed = JsonNode.Parse(File.ReadAllText(path))!["vectors"]!.AsArray().ToDictionary(vector => (string)vector!["name"]!);
        var made = JsonNode.Parse(text)!["vectors"]!.AsArray().ToDictionary(vector => (string)vector!["name"]!);
        var differing = made.Keys.Union(committed.Keys)
            .Where(name => !JsonNode.DeepEquals(made.GetValueOrDefault(name), committed.GetValueOrDefault(name))).ToArray();
        Assert.True(differing.Length == 0, $"docs/reference/vectors.json: {string.Join(", ", differing)} changed. {Reference.HowToRenew}");
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void Vectors_EachOne_StandsOnTheFormatsPage()
    {
        var page = File.ReadAllText(Reference.Of("export.md"));

        Assert.All(All.Value, vector => Assert.Contains($"`{(string)vector["name"]!}`", page));
    }
}
