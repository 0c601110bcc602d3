using System.Reflection;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>An interface whose calls all go to one function.</summary>
public class Fake : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> _answer = null!;

    /// <summary>Makes one.</summary>
    public static T Of<T>(Func<MethodInfo, object?[], object?> answer)
        where T : class
    {
        var made = Create<T, Fake>();
        ((Fake)(object)made)._answer = answer;
        return made;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args ?? []);
}
