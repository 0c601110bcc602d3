using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gaib.Domain;

namespace Gaib.Verify.Tests.Golden;

/// <summary>docs/reference/rejections.md has every reason, in order, with its meaning word for word and a hint.</summary>
public sealed partial class RejectionsPageTests
{
    [Fact]
    public void Page_EveryReason_StandsInOrderWithItsMeaning()
    {
        var documentation = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Gaib.Domain.xml"));
        var summaries = documentation.Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => Space().Replace(member.Element("summary")?.Value ?? "", " ").Trim());

        Assert.Equal(
            Enum.GetValues<Reason>().Select(reason => ($"{(ushort)reason}", $"{reason}", summaries[$"F:Gaib.Domain.Reason.{reason}"])),
            Rows().Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value)));
    }

    [Fact]
    public void Page_EveryReason_HasAHint() => Assert.All(Rows(), row => Assert.True(row.Groups[4].Value.Length > 10, row.Value));

    private static Match[] Rows() =>
        [.. File.ReadLines(Reference.Of("rejections.md")).Select(line => Row().Match(line)).Where(match => match.Success)];

    [GeneratedRegex(@"^\| (\d+) \| `(\w+)` \| (.+?) \| (.+?) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
