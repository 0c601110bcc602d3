using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests;

public sealed class AssertedTests
{
    [Fact]
    public void Fields_EachOne_IsAFieldOfTheExport()
    {
        var export = ExportText.Load(DemoExport.Folder);

        Assert.All(Asserted.Fields, asserted => Assert.Contains(
            export.Rows(asserted.File).SelectMany(row => Leaf.Of(asserted.File, row.Line, row.Row)), leaf => leaf.Field == asserted.Field));
    }

    [Fact]
    public void Fields_EachOne_StandsOnTheFormatsPage()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Gaib.sln")))
        {
            folder = folder.Parent;
        }

        var page = File.ReadAllLines(Path.Combine(folder.FullName, "docs", "reference", "export.md"));
        Assert.All(Asserted.Fields, asserted => Assert.Contains($"| {asserted.File} | `{asserted.Field}` | {asserted.Reason} |", page));
    }
}
