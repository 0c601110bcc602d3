using System.Text.RegularExpressions;

namespace Gaib.House.Tests;

public sealed partial class RoomTests
{
    private static readonly string[] Rooms = ["Money", "Data", "Compute", "Training", "Models", "Revenue", "Governance", "Settlement"];

    public static TheoryData<string, string[]> Projects => new()
    {
        { "Gaib.Domain", ["Primitives"] }, { "Gaib.Abstractions", ["Ports"] }, { "Gaib.Grains", [] }, { "Gaib.Client", [] }, { "Gaib.Cli", ["Demo"] },
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfARoomedProject_AreRooms(string project, string[] others)
    {
        var folders = FoldersOf(project);

        Offenders.None(folders.Except(Rooms).Except(others));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfARoomedProject_AreNotEmpty(string project, string[] others)
    {
        Assert.NotNull(others);
        var filled = Repository.Sources.Where(f => f.StartsWith($"src/{project}/", StringComparison.Ordinal)).Select(f => f.Split('/')[2]).ToHashSet();

        Offenders.None(FoldersOf(project).Where(folder => !filled.Contains(folder)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_InARoomedProject_AreProjectAndRoom(string project, string[] others)
    {
        Assert.NotNull(others);
        Offenders.None(
            from file in Repository.Sources
            where file.StartsWith($"src/{project}/", StringComparison.Ordinal)
            let declared = Namespace().Match(Repository.Read(file)).Groups[1].Value
            where declared.Length > 0 && declared != ExpectedNamespace(file)
            select $"{file}: {declared}, not {ExpectedNamespace(file)}");
    }

    private static string ExpectedNamespace(string file)
    {
        var parts = file.Split('/')[1..^1];
        return string.Join('.', parts.Where(part => part != "Primitives"));
    }

    private static IEnumerable<string> FoldersOf(string project) => Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", project))
        .Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj" or "Properties"));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
