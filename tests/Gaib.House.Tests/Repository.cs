using System.Xml.Linq;

namespace Gaib.House.Tests;

/// <summary>The files of the repository, found from wherever the tests were built.</summary>
internal static class Repository
{
    private static readonly string[] Ignored =
        ["bin", "obj", ".git", ".vs", ".idea", "node_modules", "TestResults", "artifacts", "out", "cache", "shared"];

    /// <summary>The folder with the solution.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>Every file that people wrote, as a path relative to the root with forward slashes.</summary>
    internal static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(Relative).Order(StringComparer.Ordinal)];

    /// <summary>The C# files among them.</summary>
    internal static IEnumerable<string> Sources => Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The project files among them.</summary>
    internal static IEnumerable<string> Projects => Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    internal static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    internal static XDocument ReadXml(string file) => XDocument.Load(Path.Combine(Root, file));

    internal static string NameOf(string project) => Path.GetFileNameWithoutExtension(project);

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        var below = Directory.EnumerateDirectories(folder)
            .Where(path => !Ignored.Contains(Path.GetFileName(path)) && !Path.GetFileName(path).StartsWith("gaib-data", StringComparison.Ordinal));
        return Directory.EnumerateFiles(folder).Concat(below.SelectMany(Walk));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gaib.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Gaib.sln above {AppContext.BaseDirectory}.");
    }
}
