using System.Security.Cryptography;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Golden;

/// <summary>
/// The export beside the page of the format: what a verifier in another language begins with, and what every deterministic result of
/// the runtime is held to, byte for byte, across versions, machines and thread counts.
/// </summary>
public sealed class GoldenExportTests(ITestOutputHelper output)
{
    private const string Name = "export-golden";

    // A line is what `sha256sum --check` reads, in docs/reference.
    private static readonly string SumsFile = Reference.Of(Name + ".sha256");

    private static readonly Lazy<string> Golden = new(() =>
    {
        var golden = Reference.Of(Name);
        if (Reference.IsRenewal)
        {
            Renew(golden, DemoExport.Folder);
        }

        return golden;
    });

    [Fact]
    public void Demo_SeedOfTheGoldenExport_WritesTheSameBytes()
    {
        var (golden, made) = (Golden.Value, DemoExport.Folder);

        var differing = Files(golden).Union(Files(made)).Order(StringComparer.Ordinal).Where(file => !Same(golden, made, file)).ToArray();
        Assert.True(
            differing.Length == 0,
            $"gaib demo --short --seed {DemoExport.Seed} no longer writes docs/reference/{Name}: "
            + $"{string.Join(", ", differing.Take(8).Select(file => FirstDifference(golden, made, file)))}"
            + $"{(differing.Length > 8 ? $" and {differing.Length - 8} more files" : "")}. {Reference.HowToRenew}");
    }

    [Fact]
    public void Verify_TheGoldenExport_Holds()
    {
        var report = ExportVerifier.Run(Golden.Value);

        output.WriteLine(string.Join('\n', report.Findings));
        Assert.Empty(report.Findings);
        Assert.Empty(report.NotReplayed);
        Assert.Equal(24, report.Lines.Count);
        Assert.All(report.Lines, file => Assert.True(file.Value > 0, $"{file.Key} shows no line of its form"));
    }

    [Fact]
    public void Sums_EachFile_IsListed()
    {
        Assert.Equal(Sums(Golden.Value), File.ReadAllText(SumsFile));
    }

    private static void Renew(string golden, string made)
    {
        if (Directory.Exists(golden))
        {
            Directory.Delete(golden, recursive: true);
        }

        foreach (var file in Files(made))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(golden, file))!);
            File.Copy(Path.Combine(made, file), Path.Combine(golden, file));
        }

        File.WriteAllText(SumsFile, Sums(golden));
    }

    private static string Sums(string folder) => string.Concat(Files(folder).Select(file =>
        $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file))))}  {Name}/{file}\n"));

    private static string[] Files(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    private static bool Same(string golden, string made, string file) =>
        File.Exists(Path.Combine(golden, file)) && File.Exists(Path.Combine(made, file))
        && File.ReadAllBytes(Path.Combine(golden, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(made, file)));

    private static string FirstDifference(string golden, string made, string file)
    {
        if (!File.Exists(Path.Combine(golden, file)) || !File.Exists(Path.Combine(made, file)))
        {
            return file + (File.Exists(Path.Combine(golden, file)) ? " (gone)" : " (new)");
        }

        var (before, after) = (File.ReadAllLines(Path.Combine(golden, file)), File.ReadAllLines(Path.Combine(made, file)));
        var line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return file.StartsWith("blobs/", StringComparison.Ordinal) ? file : $"{file}:{line + 1}";
    }
}
