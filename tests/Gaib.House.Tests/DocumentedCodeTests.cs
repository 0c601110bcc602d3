using System.Text.RegularExpressions;

namespace Gaib.House.Tests;

/// <summary>C# that a page shows stands in a test that runs, line by line.</summary>
public sealed partial class DocumentedCodeTests
{
    [Fact]
    public void Pages_CodeThatTheyShow_StandsInATest()
    {
        var tests = Repository.Sources.Where(file => file.StartsWith("tests/", StringComparison.Ordinal)).Select(file => Plain(Repository.Read(file))).ToArray();
        var shown = (from page in Repository.Files
                     where page.EndsWith(".md", StringComparison.Ordinal)
                     from Match block in Block().Matches(Repository.Read(page))
                     select (page, Code: Plain(block.Groups["code"].Value))).ToArray();

        Assert.NotEmpty(shown);
        Offenders.None(shown.Where(block => !tests.Any(test => test.Contains(block.Code, StringComparison.Ordinal))).Select(block => $"{block.page}: {block.Code[..60]} …"));
    }

    private static string Plain(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
