using System.Reflection;
using System.Text.RegularExpressions;

namespace Gaib.House.Tests;

/// <summary>No floating point touches money, weights, votes or shares: none is in Gaib.Domain at all.</summary>
public sealed partial class DomainNumberTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Floating = [typeof(float), typeof(double), typeof(decimal), typeof(Half)];

    [Fact]
    public void Domain_Members_HaveNoFloatingPoint() => Offenders.None(Compiled.TypesOf("Gaib.Domain").SelectMany(FloatingMembers));

    [Fact]
    public void Domain_SourceText_HasNoFloatingPoint() => Offenders.None(
        from file in Repository.Sources
        where file.StartsWith("src/Gaib.Domain/", StringComparison.Ordinal)
        from line in FloatingLines(Repository.Read(file))
        select $"{file}:{line}");

    [Fact]
    public void Rules_Offenders_AreCaught()
    {
        Assert.Equal(6, FloatingMembers(typeof(Offender)).Count());
        Assert.Equal([1, 2, 3, 4, 5, 6], FloatingLines("double x;\nvar y = 1.5;\nvar z = 2f;\nMath.Sqrt(4);\nvar e = 1e9;\n(decimal)1;\n// float\nvar s = \"1.5 double\";\nx.Single();\n0x1f; 5..6; 0xdead;"));
    }

    private static IEnumerable<string> FloatingMembers(Type type)
    {
        foreach (var field in type.GetFields(All).Where(field => IsFloating(field.FieldType)))
        {
            yield return $"{type}.{field.Name}";
        }

        foreach (var property in type.GetProperties(All).Where(property => IsFloating(property.PropertyType)))
        {
            yield return $"{type}.{property.Name}";
        }

        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            var types = method.GetParameters().Select(p => p.ParameterType);
            var locals = method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [];
            var result = method is MethodInfo { ReturnType: var returned } ? [returned] : Type.EmptyTypes;
            if (types.Concat(locals).Concat(result).Any(IsFloating))
            {
                yield return $"{type}.{method}";
            }
        }
    }

    private static bool IsFloating(Type type) =>
        Floating.Contains(type)
        || (type.HasElementType && IsFloating(type.GetElementType()!))
        || (type.IsGenericType && type.GetGenericArguments().Any(IsFloating));

    private static IEnumerable<int> FloatingLines(string text) => SourceText.Blank(text).Split('\n')
        .Select((line, i) => (line, Number: i + 1)).Where(l => FloatingToken().IsMatch(l.line)).Select(l => l.Number);

    // Keywords, literals with a point, an exponent or a suffix, and the functions of Math that have no integer form.
    [GeneratedRegex(@"\b(float|double|decimal|Half|MathF)\b|(?<![\w.])(?!0[xX])\d[\d_]*(\.\d|[eE][+-]?\d|[fFdDmM]\b)|\bMath\.(Sqrt|Exp|Log\w*|Pow|Round|Floor|Ceiling|Truncate)\b")]
    private static partial Regex FloatingToken();

    private sealed class Offender
    {
        private readonly List<double[]> _nested = [];

        public float Property => (float)_nested.Count;

        public static decimal Method(int x) => x;

        public static int Parameter(Half x) => x > default(Half) ? 1 : 0;

        public static int Local(int x)
        {
            var root = Math.Sqrt(x);
            return root > 2 ? 1 : root < 1 ? 2 : (int)root;
        }
    }
}
