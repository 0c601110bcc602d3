namespace Gaib.House.Tests;

public sealed class SizeTests(ITestOutputHelper output)
{
    private const int FileLinesMax = 400;
    private const int GrainFileLinesMax = 250;
    private const int MethodLinesMax = 60;
    private const int MedianLinesMax = 100;

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
        select $"{file}:{method.Line} has {method.Lines} lines: {method.Name}");

    internal static IEnumerable<SourceMember> TooLong(string text) => SourceText.Members(text).Where(m => m.Lines > MethodLinesMax);

    private static int LinesOf(string file) => Repository.Read(file).AsSpan().TrimEnd().Count('\n') + 1;

    private static int Median((string File, int Lines)[] sorted) => sorted[sorted.Length / 2].Lines;
}
