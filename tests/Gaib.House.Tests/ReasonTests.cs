using System.Globalization;
using System.Xml.Linq;
using Gaib.Domain;

namespace Gaib.House.Tests;

/// <summary>The numbers of rejections are in journals, exports and metrics for ever.</summary>
public sealed class ReasonTests
{
    private const string PinFile = "tests/Gaib.House.Tests/reasons.txt";

    [Fact]
    public void Reasons_Numbers_ArePinned()
    {
        var pinned = Repository.Read(PinFile).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var actual = Enum.GetValues<Reason>().Select(reason => string.Create(CultureInfo.InvariantCulture, $"{(ushort)reason} {reason}"));

        // A new reason is added to the file by hand; a changed or removed one is a mistake.
        Assert.Equal(pinned, actual);
    }

    [Fact]
    public void Reasons_Numbers_AreUsedOnce() =>
        Assert.Equal(Enum.GetNames<Reason>().Length, Enum.GetValues<Reason>().Distinct().Count());

    [Fact]
    public void Reasons_EachOne_IsExplained()
    {
        var documentation = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Gaib.Domain.xml"));
        var explained = documentation.Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value).ToHashSet();

        Offenders.None(Enum.GetNames<Reason>().Where(name => !explained.Contains($"F:Gaib.Domain.Reason.{name}")));
    }
}
