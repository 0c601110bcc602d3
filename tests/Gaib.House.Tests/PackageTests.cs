using System.Text.RegularExpressions;

namespace Gaib.House.Tests;

public sealed partial class PackageTests
{
    [Fact]
    public void Packages_EveryReference_IsPinnedInOnePlace()
    {
        var pinned = Repository.ReadXml("Directory.Packages.props").Descendants("PackageVersion").Select(p => p.Attribute("Include")!.Value).ToHashSet();
        var wrong =
            from project in Repository.Projects.Append("Directory.Build.props")
            from reference in Repository.ReadXml(project).Descendants("PackageReference")
            let name = reference.Attribute("Include")?.Value
            where name is null || !pinned.Contains(name) || reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
            select $"{project}: {reference}";

        Offenders.None(wrong);
    }

    [Fact]
    public void Packages_EveryVersion_IsExact() => Offenders.None(Repository.ReadXml("Directory.Packages.props").Descendants("PackageVersion")
        .Where(p => !Exact().IsMatch(p.Attribute("Version")!.Value)));

    [Fact]
    public void Packages_EveryPin_IsUsed()
    {
        var used = Repository.Projects.Append("Directory.Build.props")
            .SelectMany(p => Repository.ReadXml(p).Descendants("PackageReference")).Select(r => r.Attribute("Include")?.Value).ToHashSet();

        Offenders.None(Repository.ReadXml("Directory.Packages.props").Descendants("PackageVersion")
            .Select(p => p.Attribute("Include")!.Value).Where(name => !used.Contains(name)));
    }

    [Fact]
    public void Projects_EachOne_HasALockFile() =>
        Offenders.None(Repository.Projects.Where(p => !Repository.Files.Contains(p[..(p.LastIndexOf('/') + 1)] + "packages.lock.json")));

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[\w.]+)?$")]
    private static partial Regex Exact();
}
