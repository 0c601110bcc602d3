namespace Gaib.House.Tests;

/// <summary>A rule that finds nothing proves nothing: the reader of source text is shown offenders first.</summary>
public sealed class SourceTextTests
{
    [Theory]
    [InlineData("a ", "// b { \" '", "\nc")]
    [InlineData("a ", "/* { \n } */", " c")]
    [InlineData("x = ", "\"}\\\"{\"", "; y")]
    [InlineData("x = ", "@\"\\\"", "; y")]
    [InlineData("x = ", "@\"a\"\"{\"", "; y")]
    [InlineData("x = ", "'{'", "; y")]
    [InlineData("x = ", "'\\''", "; y")]
    [InlineData("x = ", "$\"{a(\"}\")}{{\"", "; y")]
    [InlineData("x = ", "$\"{(a ? $\"{b}\" : '}')} }}\"", "; y")]
    [InlineData("x = ", "\"\"\"\n { \" \n\"\"\"", "; y")]
    [InlineData("x = ", "$$\"\"\"{{a}} } \"\"\"", "; y")]
    [InlineData("x = ", "\"\"", "; y")]
    [InlineData("x = ", "$@\"{b}\"", "; y")]
    public void Blank_LiteralOrComment_BecomesSpaces(string before, string literal, string after)
    {
        var spaces = string.Concat(literal.Select(c => c == '\n' ? '\n' : ' '));

        Assert.Equal(before + spaces + after, SourceText.Blank(before + literal + after));
    }

    [Fact]
    public void Members_EveryKind_IsFoundWithItsLines()
    {
        const string Text = """
            namespace N;

            public sealed record R(int A)
            {
                private static readonly int[] Table = { 1,
                    2 };

                public int P { get; init; } = 3;

                /// <summary>{ not code</summary>
                public R()
                {
                    A = '{';
                }

                public int M<T>(int x = 5)
                    where T : class
                {
                    var f = () => { return "}"; };
                    return f().Length;
                }

                public static bool operator ==(R? a, int b)
                {
                    return false;
                }

                public int E => A switch
                {
                    1 => 2,
                    _ => 3,
                };

                public int Long() =>
                    1 +
                    2;

                private sealed class Inner
                {
                    void Deep() { }
                }
            }
            """;

        Assert.Equal(
            [
                new("public int P { get", 8, 1), new("public R()", 11, 4), new("public int M<T>(int x = 5)", 16, 6),
                new("public static bool operator ==(R? a, int b)", 23, 4), new("public int E => A switch", 28, 5),
                new("public int Long() =>", 34, 3), new("void Deep() {", 40, 1),
            ],
            SourceText.Members(Text).Select(m => m with { Name = m.Name.Length > 18 && m.Name.StartsWith("public int P", StringComparison.Ordinal) ? m.Name[..18] : m.Name }));
    }

    [Fact]
    public void Members_MethodOfSixtyOneLines_IsCaught()
    {
        var body = string.Concat(Enumerable.Repeat("        x++;\n", 58));
        var text = $"class C\n{{\n    void Short()\n    {{\n{body[..^13]}    }}\n\n    void Long()\n    {{\n{body}    }}\n}}\n";

        Assert.Equal([("void Short()", 60), ("void Long()", 61)], SourceText.Members(text).Select(m => (m.Name, m.Lines)));
        Assert.Equal(["void Long()"], SizeTests.TooLong(text).Select(m => m.Name));
    }

    [Fact]
    public void Members_ThisRepository_AreFoundInNearlyEveryClass()
    {
        // The reader would pass every rule by finding nothing: the repository's own files show that it reads them to the end.
        var found = Repository.Sources.Sum(file => SourceText.Members(Repository.Read(file)).Count);

        Assert.True(found > 5 * Repository.Sources.Count() / 2, $"{found} members in {Repository.Sources.Count()} files");
    }
}
