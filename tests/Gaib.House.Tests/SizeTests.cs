namespace Gaib.House.Tests;

public sealed class SizeTests(ITestOutputHelper output)
{
    private const int FileLinesMax = 400;
    private const int GrainFileLinesMax = 250;
    private const int MethodLinesMax = 60;
    private const int MedianLinesMax = 100;

    // The one method that may be longer: its 25 lanes are locals on purpose, and every way to split it moves them through memory.
    private static readonly (string File, string Method)[] Exempt = [("src/Gaib.Domain/Primitives/Keccak.cs", "Permute(")];

    [Fact]
    public void Files_Lines_AreAtMostFourHundredAndMostlyFew()
    {
        var sizes = Repository.Sources.Select(file => (File: file, Lines: LinesOf(file))).OrderBy(f => f.Lines).ToArray();
        var source = sizes.Where(f => f.File.StartsWith("src/", StringComparison.Ordinal)).ToArray();
        output.WriteLine($"{source.Length} files in src: median {Median(source)} lines, largest {source[^1].Lines} ({source[^1].File}).");
        output.WriteLine($"{sizes.Length} files in all: median {Median(sizes)} lines, largest {sizes[^1].Lines} ({sizes[^1].File}).");

        Offenders.None(sizes.Where(f => f.Lines > FileLinesMax));
        Assert.InRange(Median(source), 1, MedianLinesMax);
    }

    [Fact]
    public void GrainFiles_Lines_AreAtMostTwoHundredAndFifty() => Offenders.None(Repository.Sources
        .Where(file => file.StartsWith("src/Gaib.Grains/", StringComparison.Ordinal) && LinesOf(file) > GrainFileLinesMax)
        .Select(file => $"{file}: {LinesOf(file)}"));

    [Fact]
    public void Methods_Lines_AreAtMostSixty() => Offenders.None(
        from file in Repository.Sources
        from method in TooLong(Repository.Read(file))
        where !Exempt.Any(e => e.File == file && method.Name.Contains(e.Method, StringComparison.Ordinal))
        select $"{file}:{method.Line} has {method.Lines} lines: {method.Name}");

    [Fact]
    public void Exemptions_EachOne_IsStillNeeded() => Assert.All(
        Exempt,
        e => Assert.Contains(TooLong(Repository.Read(e.File)), method => method.Name.Contains(e.Method, StringComparison.Ordinal)));

    internal static IEnumerable<SourceMember> TooLong(string text) => SourceText.Members(text).Where(m => m.Lines > MethodLinesMax);

    private static int LinesOf(string file) => Repository.Read(file).AsSpan().TrimEnd().Count('\n') + 1;

    private static int Median((string File, int Lines)[] sorted) => sorted[sorted.Length / 2].Lines;
}
