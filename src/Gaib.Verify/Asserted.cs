using System.Collections.Immutable;

namespace Gaib.Verify;

/// <summary>The fields of an export that nothing can check. Each one says why; whatever is not named here is checked.</summary>
internal static class Asserted
{
    public static ImmutableArray<AssertedField> Fields { get; } =
    [
    ];
}
