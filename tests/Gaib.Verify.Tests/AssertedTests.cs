using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests;

public sealed class AssertedTests
{
    [Fact]
    public void Fields_EachOne_IsAFieldOfTheExport()
    {
        var export = ExportText.Load(DemoExport.Folder);

        Assert.All(Asserted.Fields, asserted => Assert.Contains(
            export[asserted.File].SelectMany((_, line) => Leaf.Of(asserted.File, line, export.Object(asserted.File, line))), leaf => leaf.Field == asserted.Field));
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
