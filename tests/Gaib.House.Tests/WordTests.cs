using System.Text.RegularExpressions;

namespace Gaib.House.Tests;

/// <summary>Words that say nothing, work that was put off, and paths of somebody's machine.</summary>
public sealed partial class WordTests
{
    // Taken apart, so that this file does not name what it forbids.
    private static readonly Regex PutOff = new(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b");

    private static readonly Regex MachinePath = new(@"(?<![\w./~-])/(wo" + @"rk|ho" + @"me|ro" + @"ot|Use" + @"rs)/\w|[A-Z]:\\\\?Use" + "rs");

    private static readonly string[] Texts =
        [".cs", ".csproj", ".props", ".md", ".json", ".yml", ".yaml", ".sh", ".sln", ".txt", ".editorconfig", ".sol", ".js", ".mjs", ".toml", ".service", ".py"];

    private static IEnumerable<string> Written => Repository.Files.Where(file =>
        (Texts.Any(end => file.EndsWith(end, StringComparison.Ordinal)) || !Path.GetFileName(file).Contains('.'))
        && !file.EndsWith("lock.json", StringComparison.Ordinal));

    [Fact]
    public void TypeNames_InSource_SaySomething() => Offenders.None(
        from file in Repository.Sources
        from Match type in TypeName().Matches(SourceText.Blank(Repository.Read(file)))
        where Empty().IsMatch(type.Groups["name"].Value)
        select $"{file}: {type.Groups["name"].Value}");

    [Fact]
    public void Texts_NothingIsPutOff() => Offenders.None(Offending(PutOff));

    [Fact]
    public void Texts_NoPathOfAMachine() => Offenders.None(Offending(MachinePath));

    [Theory]
    [InlineData("BookManager", true)]
    [InlineData("StringHelpers", true)]
    [InlineData("MathUtil", true)]
    [InlineData("HashUtils", true)]
    [InlineData("GpuInfo", true)]
    [InlineData("Data2", true)]
    [InlineData("Manifest", false)]
    [InlineData("Utilisation", false)]
    [InlineData("Hash32", false)]
    public void Empty_Names_AreCaught(string name, bool caught) => Assert.Equal(caught, Empty().IsMatch(name));

    [Fact]
    public void PutOffAndPaths_Offenders_AreCaught()
    {
        Assert.Matches(PutOff, "// TO" + "DO: later");
        Assert.Matches(MachinePath, "see /ho" + "me/me/x");
        Assert.Matches(MachinePath, "'/wo" + "rk/x'");
        Assert.DoesNotMatch(MachinePath, "src/wo" + "rk/x");
        Assert.DoesNotMatch(MachinePath, "https://example.org/ho" + "me/x");
    }

    private static IEnumerable<string> Offending(Regex pattern) =>
        from file in Written
        let lines = Repository.Read(file).Split('\n')
        from line in lines.Select((text, i) => (text, Number: i + 1))
        where pattern.IsMatch(line.text)
        select $"{file}:{line.Number}: {line.text.Trim()}";

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+(struct\s+|class\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex("(Manager|Helper|Util|Info)s?$|^Data\\d$")]
    private static partial Regex Empty();
}
