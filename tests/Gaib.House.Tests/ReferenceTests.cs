using System.Reflection;

namespace Gaib.House.Tests;

/// <summary>Who may know whom, by project files and by what was compiled.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Gaib.Domain"] = [],
        ["Gaib.Abstractions"] = ["Gaib.Domain"],
        ["Gaib.Evm"] = ["Gaib.Domain"],
        ["Gaib.Cuda"] = ["Gaib.Domain"],
        ["Gaib.Grains"] = ["Gaib.Abstractions", "Gaib.Domain"],
        ["Gaib.Storage"] = ["Gaib.Abstractions"],
        ["Gaib.Client"] = ["Gaib.Abstractions", "Gaib.Evm"],
        ["Gaib.Verify"] = ["Gaib.Domain", "Gaib.Evm", "Gaib.Cuda"],
        ["Gaib.Silo"] = ["Gaib.Abstractions", "Gaib.Domain", "Gaib.Grains", "Gaib.Storage", "Gaib.Evm", "Gaib.Cuda"],
        ["Gaib.Cli"] = ["Gaib.Client", "Gaib.Silo", "Gaib.Verify"],
    };

    private static readonly string[] DomainPackages =
        ["Microsoft.Orleans.Serialization", "Microsoft.Orleans.CodeGenerator", "Microsoft.Orleans.Analyzers"];

    public static TheoryData<string> SourceProjects => [.. Allowed.Keys];

    [Fact]
    public void Projects_InSrc_AreThoseOfTheDesign() => Assert.Equal(
        Allowed.Keys.Order(StringComparer.Ordinal),
        Repository.Projects.Where(p => p.StartsWith("src/", StringComparison.Ordinal)).Select(Repository.NameOf).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Project_References_AreAllowed(string project) =>
        Offenders.None(ReferencesOf($"src/{project}/{project}.csproj", "ProjectReference").Except(Allowed[project]));

    [Fact]
    public void Domain_Packages_AreOnlyTheSerializer() =>
        Offenders.None(ReferencesOf("src/Gaib.Domain/Gaib.Domain.csproj", "PackageReference").Except(DomainPackages));

    [Fact]
    public void Verify_Packages_HaveNoOrleansRuntime() => Assert.DoesNotContain(
        ReferencesOf("src/Gaib.Verify/Gaib.Verify.csproj", "PackageReference"), package => package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));

    [Fact]
    public void Silo_OutsideTestsAndBenchmarks_IsReferencedOnlyByTheCli() => Offenders.None(Repository.Projects
        .Where(p => !p.StartsWith("tests/", StringComparison.Ordinal) && !p.StartsWith("bench/", StringComparison.Ordinal))
        .Where(p => Repository.NameOf(p) != "Gaib.Cli")
        .Where(p => ReferencesOf(p, "ProjectReference").Contains("Gaib.Silo")));

    [Fact]
    public void Solution_Projects_AreAllInIt()
    {
        var solution = Repository.Read("Gaib.sln").Replace('\\', '/');

        Offenders.None(Repository.Projects.Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Assembly_References_AreAllowed(string project)
    {
        var referenced = Compiled.Load(project).GetReferencedAssemblies().Select(a => a.Name!).Where(IsOurs);

        Offenders.None(referenced.Except(WithAllBelow(project)));
    }

    [Fact]
    public void DomainAssembly_References_AreTheFrameworkAndTheSerializer()
    {
        string[] serializer = ["Orleans.Serialization", "Orleans.Serialization.Abstractions"];
        var referenced = Compiled.Load("Gaib.Domain").GetReferencedAssemblies().Select(a => a.Name!);

        Offenders.None(referenced.Where(name => !name.StartsWith("System.", StringComparison.Ordinal)).Except(serializer));
    }

    private static bool IsOurs(string assembly) => assembly.StartsWith("Gaib.", StringComparison.Ordinal);

    private static HashSet<string> WithAllBelow(string project) =>
        [.. Allowed[project].SelectMany(below => WithAllBelow(below).Append(below))];

    private static IEnumerable<string> ReferencesOf(string project, string kind) => Repository.ReadXml(project).Descendants(kind)
        .Select(reference => reference.Attribute("Include")?.Value.Replace('\\', '/') ?? "")
        .Select(include => kind == "ProjectReference" ? Repository.NameOf(include) : include);
}

/// <summary>The assemblies that were built for these tests.</summary>
internal static class Compiled
{
    internal static Assembly Load(string project) => Assembly.Load(project == "Gaib.Cli" ? "gaib" : project);

    /// <summary>The types that people wrote; the serializer's generated ones live in a namespace of their own.</summary>
    internal static IEnumerable<Type> TypesOf(string project) => Load(project).GetTypes()
        .Where(type => type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true);
}
