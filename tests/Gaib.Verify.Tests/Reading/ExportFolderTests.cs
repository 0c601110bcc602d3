using System.Text;
using Gaib.Verify.Money;
using Gaib.Verify.Reading;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Reading;

public sealed class ExportFolderTests
{
    private const string Header = "{\"file\":\"assets\",\"version\":1}\n";
    private const string Line =
        "{\"asset\":\"shares:00000000000000ff\",\"pool\":\"pool:0x0000000000000000000000000000000000000001\",\"frozen\":false,"
        + "\"model\":\"0x0000000000000000000000000000000000000000000000000000000000000002\"}";

    [Fact]
    public void Read_CanonicalLines_AreRecords()
    {
        var (lines, findings) = Read(Header + Line + "\n");

        Assert.Empty(findings.Kept);
        Assert.Equal(255UL, Assert.Single(lines).Asset.Value);
    }

    [Theory]
    [InlineData("", 1, "")]
    [InlineData("{\"file\":\"asset\",\"version\":1}\n", 1, "file")]
    [InlineData("{\"file\":\"assets\",\"version\":2}\n", 1, "version")]
    [InlineData("{\"file\":\"assets\",\"version\":01}\n", 1, "")]
    [InlineData(Header + Line, 2, "")]
    [InlineData(Header + " " + Line + "\n", 2, "")]
    [InlineData(Header + Line + "\r\n", 2, "")]
    [InlineData(Header + "\n", 2, "")]
    [InlineData(Header + "{}\n", 2, "asset")]
    [InlineData(Header + "{\"asset\":\"GAIB\",\"asset\":\"GAIB\"}\n", 2, "")]
    public void Read_OtherForms_AreFoundAtTheirLine(string text, int line, string field)
    {
        var (_, findings) = Read(text);

        Assert.Equal((new LineAt("assets.ndjson", line), field), (findings.Kept[0].At, findings.Kept[0].Field));
    }

    [Theory]
    [InlineData("shares:00000000000000ff", "shares:00000000000000FF", "asset")]
    [InlineData("shares:00000000000000ff", "shares:ff", "asset")]
    [InlineData("pool:0x", "Pool:0x", "pool")]
    [InlineData("pool:0x", "4:0x", "pool")]
    [InlineData("false", "\"false\"", "frozen")]
    [InlineData("false", "0", "frozen")]
    [InlineData("\"0x00000000", "\"00000000", "model")]
    [InlineData("\"model\"", "\"Model\"", "model")]
    [InlineData("0002\"}", "0002\",\"more\":1}", "")]
    [InlineData("\"frozen\":false,", "", "frozen")]
    public void Read_OtherValues_AreFoundByField(string before, string after, string field)
    {
        var (_, findings) = Read(Header + Line.Replace(before, after, StringComparison.Ordinal) + "\n");

        Assert.Equal((new LineAt("assets.ndjson", 2), field), (findings.Kept[0].At, findings.Kept[0].Field));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("340282366920938463463374607431768211455", true)]
    [InlineData("340282366920938463463374607431768211456", false)]
    [InlineData("00", false)]
    [InlineData("+1", false)]
    [InlineData("-1", false)]
    [InlineData("1.0", false)]
    [InlineData("1e3", false)]
    [InlineData(" 1", false)]
    public void Amount_Texts_AreCanonicalOrFound(string text, bool canonical)
    {
        var findings = new Findings();

        var line = JsonLine.Read(Encoding.UTF8.GetBytes($"{{\"amount\":\"{text}\"}}"), default, findings, one => Tuple.Create(one.Amount("amount")));

        Assert.Equal(canonical, line is not null);
        Assert.Equal(canonical ? 0 : 1, findings.Count);
    }

    [Theory]
    [InlineData("7", true)]
    [InlineData("-7", true)]
    [InlineData("-0", false)]
    [InlineData("7.0", false)]
    [InlineData("7e0", false)]
    [InlineData("9223372036854775808", false)]
    [InlineData("\"7\"", false)]
    public void Int64_Numbers_AreCanonicalOrFound(string number, bool canonical)
    {
        var findings = new Findings();

        var line = JsonLine.Read(Encoding.UTF8.GetBytes($"{{\"at\":{number}}}"), default, findings, one => Tuple.Create(one.Int64("at")));

        Assert.Equal(canonical, line is not null);
        Assert.Equal(canonical ? 0 : 1, findings.Count);
    }

    [Fact]
    public void Read_BytesThatAreNoUtf8_AreFound()
    {
        var folder = DemoExport.NewFolder();
        File.WriteAllBytes(Path.Combine(folder, "assets.ndjson"), [.. Encoding.UTF8.GetBytes(Header), (byte)'{', 0xFF, (byte)'}', (byte)'\n']);
        var findings = new Findings();

        new ExportFolder(folder, findings).Read("assets", AssetLine.Read);

        Assert.Equal("UTF-8", Assert.Single(findings.Kept).Expected);
    }

    [Fact]
    public void Run_AnEmptyFolder_MissesTheNetwork()
    {
        var report = ExportVerifier.Run(DemoExport.NewFolder());

        Assert.Equal("network.json", report.Findings[0].At.File);
        Assert.Equal(VerificationReport.DoesNotHold, report.ExitCode);
    }

    private static (IReadOnlyList<AssetLine> Lines, Findings Findings) Read(string text)
    {
        var folder = DemoExport.NewFolder();
        File.WriteAllText(Path.Combine(folder, "assets.ndjson"), text);
        var findings = new Findings();
        return (new ExportFolder(folder, findings).Read("assets", AssetLine.Read), findings);
    }
}
