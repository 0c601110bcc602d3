using System.Text;
using System.Text.RegularExpressions;

namespace Gaib.House.Tests;

/// <summary>A member of a type, as far as braces tell.</summary>
/// <param name="Name">The first line of its header.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Lines">How many lines it has, attributes and both ends included.</param>
internal sealed record SourceMember(string Name, int Line, int Lines);

/// <summary>Just enough of C# to count: strings and comments blanked out, and the members of types found by their braces.</summary>
internal static partial class SourceText
{
    /// <summary>The text with comments, strings and character literals as spaces; lines and offsets stay.</summary>
    internal static string Blank(string text)
    {
        var blanked = new StringBuilder(text);
        for (var i = 0; i < text.Length;)
        {
            var end = SkipTrivia(text, i);
            for (var j = i; j < end; j++)
            {
                blanked[j] = text[j] is '\n' or '\r' ? text[j] : ' ';
            }

            i = Math.Max(end, i + 1);
        }

        return blanked.ToString();
    }

    /// <summary>Methods, constructors, operators and properties with a body.</summary>
    internal static IReadOnlyList<SourceMember> Members(string text)
    {
        var code = Blank(text);
        var members = new List<SourceMember>();
        var blocks = new Stack<(bool IsType, bool IsMember, int Start)>();
        var boundary = 0;
        for (var i = 0; i < code.Length; i++)
        {
            var inType = blocks.TryPeek(out var block) ? block.IsType : false;
            switch (code[i])
            {
                case '{':
                    var header = code[boundary..i];
                    var isType = (inType || blocks.Count == 0) && IsType(header);
                    blocks.Push((isType, inType && !isType && IsMember(header), boundary));
                    boundary = i + 1;
                    break;
                case '}':
                    var closed = blocks.Pop();
                    AddIf(closed.IsMember, members, text, code, closed.Start, i);
                    boundary = i + 1;
                    break;
                case ';':
                    AddIf(inType && ArrowBody().IsMatch(code[boundary..i]) && IsMember(code[boundary..i]), members, text, code, boundary, i);
                    boundary = i + 1;
                    break;
            }
        }

        return members;
    }

    private static void AddIf(bool isMember, List<SourceMember> members, string text, string code, int start, int end)
    {
        if (!isMember)
        {
            return;
        }

        while (start < end && char.IsWhiteSpace(code[start]))
        {
            start++;
        }

        var name = text[start..end].Split('\n')[0].Trim();
        members.Add(new SourceMember(name, 1 + code.AsSpan(0, start).Count('\n'), 1 + code.AsSpan(start, end - start).Count('\n')));
    }

    private static bool IsType(string header) => TypeKeyword().IsMatch(header.Split(" where ")[0]);

    /// <summary>A field's initialiser is a table, not a method; its '=' stands outside of parentheses and is no arrow.</summary>
    private static bool IsMember(string header)
    {
        var before = ArrowBody().Split(header)[0];
        var depth = 0;
        for (var i = 0; i < before.Length; i++)
        {
            depth += before[i] is '(' or '[' ? 1 : before[i] is ')' or ']' ? -1 : 0;
            var operatorName = before[..i].TrimEnd('=', '!', '<', '>').TrimEnd().EndsWith("operator", StringComparison.Ordinal);
            if (depth == 0 && before[i] == '=' && !operatorName)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The end of the comment or literal that begins at <paramref name="i"/>, or <paramref name="i"/> if none does.</summary>
    private static int SkipTrivia(string text, int i)
    {
        if (StartsWith(text, i, "//"))
        {
            return EndOf(text, "\n", i);
        }

        if (StartsWith(text, i, "/*"))
        {
            return EndOf(text, "*/", i + 2) is var end && end < text.Length ? end + 2 : text.Length;
        }

        return text[i] == '\'' ? SkipQuoted(text, i + 1, '\'', dollars: 0) : SkipString(text, i);
    }

    private static int SkipString(string text, int start)
    {
        var i = start;
        while (i < text.Length && text[i] is '$' or '@')
        {
            i++;
        }

        if (i >= text.Length || text[i] != '"')
        {
            return start;
        }

        var prefix = text[start..i];
        var quotes = i;
        while (quotes < text.Length && text[quotes] == '"')
        {
            quotes++;
        }

        if (quotes - i >= 3)
        {
            var fence = text[i..quotes];
            return Math.Min(text.Length, EndOf(text, fence, quotes) + fence.Length);
        }

        var dollars = prefix.Count(c => c == '$');
        return prefix.Contains('@') ? SkipVerbatim(text, i + 1, dollars) : SkipQuoted(text, i + 1, '"', dollars);
    }

    private static int SkipQuoted(string text, int i, char quote, int dollars)
    {
        while (i < text.Length && text[i] != quote && text[i] != '\n')
        {
            i = text[i] == '\\' ? i + 2 : SkipHole(text, i, dollars);
        }

        return Math.Min(text.Length, i + 1);
    }

    private static int SkipVerbatim(string text, int i, int dollars)
    {
        while (i < text.Length && !(text[i] == '"' && !StartsWith(text, i, "\"\"")))
        {
            i = text[i] == '"' ? i + 2 : SkipHole(text, i, dollars);
        }

        return Math.Min(text.Length, i + 1);
    }

    /// <summary>One character further, or past a whole hole of an interpolated string with what literals it holds.</summary>
    private static int SkipHole(string text, int i, int dollars)
    {
        if (dollars == 0 || text[i] != '{' || StartsWith(text, i, "{{"))
        {
            return text[i] == '{' && dollars > 0 ? i + 2 : i + 1;
        }

        var depth = 0;
        do
        {
            depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            i = Math.Max(SkipTrivia(text, i), i + 1);
        }
        while (depth > 0 && i < text.Length);
        return i;
    }

    private static bool StartsWith(string text, int i, string part) => string.CompareOrdinal(text, i, part, 0, part.Length) == 0;

    private static int EndOf(string text, string part, int from) =>
        text.IndexOf(part, Math.Min(from, text.Length), StringComparison.Ordinal) is >= 0 and var at ? at : text.Length;

    [GeneratedRegex(@"\b(class|struct|interface|record|enum|namespace|extension)\b")]
    private static partial Regex TypeKeyword();

    [GeneratedRegex("=>")]
    private static partial Regex ArrowBody();
}
