using System.Reflection;
using Orleans.Timers;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// The few parts of Orleans that a grain touches while it runs: its context, its runtime, and the field in which the runtime leaves the
/// context for a grain that is being made. What a grain does not use is refused.
/// </summary>
internal static class OrleansParts
{
    /// <summary>Makes a grain as an activation of an id.</summary>
    /// <param name="id">The grain's id.</param>
    /// <param name="factory">How it reaches others.</param>
    /// <param name="onIdle">Called when it asks to be deactivated.</param>
    /// <param name="make">Calls its constructor.</param>
    /// <param name="onTimer">Called with what a timer of it does each time; without, it may have none.</param>
    public static T Make<T>(GrainId id, IGrainFactory factory, Action onIdle, Func<T> make, Action<Action>? onTimer = null)
        where T : Grain
    {
        var timers = Fake.Of<ITimerRegistry>((_, arguments) =>
        {
            onTimer!(() => ((Delegate)arguments[1]!).DynamicInvoke(arguments[2], CancellationToken.None));
            return Fake.Of<IGrainTimer>((method, _) => throw new NotSupportedException(method.Name));
        });
        var runtime = Fake.Of<IGrainRuntime>((method, _) => method.Name switch
        {
            "get_GrainFactory" => factory,
            "get_TimerRegistry" when onTimer is not null => timers,
            nameof(IGrainRuntime.DeactivateOnIdle) => Run(onIdle),
            _ => throw new NotSupportedException(method.Name),
        });
        var services = Fake.Of<IServiceProvider>((_, arguments) =>
            (Type)arguments[0]! == typeof(IGrainRuntime) ? runtime : throw new NotSupportedException($"{arguments[0]}"));
        var context = Fake.Of<IGrainContext>((method, _) => method.Name switch
        {
            "get_GrainId" => id,
            "get_ActivationServices" => services,
            _ => throw new NotSupportedException(method.Name),
        });
        Enter(context, out var before);
        try
        {
            return make();
        }
        finally
        {
            Enter(before!, out _);
        }
    }

    private static object? Run(Action action)
    {
        action();
        return null;
    }

    // The runtime says by this which activation a thread works for; a grain's constructor looks there.
    private delegate void EnterContext(IGrainContext context, out IGrainContext? before);

    private static readonly EnterContext Enter = typeof(IGrainContext).Assembly.GetType("Orleans.Runtime.RuntimeContext", throwOnError: true)!
        .GetMethod("SetExecutionContext", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.CreateDelegate<EnterContext>();
}

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
