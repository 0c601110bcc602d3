namespace Gaib.Grains.Tests.Cluster;

/// <summary>Holds calls between grains until the test lets them go, so that a race happens the same way each time.</summary>
internal sealed class HeldCalls : IOutgoingGrainCallFilter
{
    private readonly Lock _gate = new();
    private readonly List<HeldCall> _held = [];

    /// <summary>Holds the next call of a method by a kind of grain.</summary>
    /// <param name="method">For one <c>IJobGrain.Enter</c>.</param>
    /// <param name="from">The caller's grain type.</param>
    public HeldCall Hold(string method, string from)
    {
        var held = new HeldCall(method, from);
        lock (_gate)
        {
            _held.Add(held);
        }

        return held;
    }

    /// <summary>
    /// From now on pools hear of no feed, so that no notices go out: they come when they like, and their contributors write too, which would
    /// stand among the points of write at which a test has every one fail.
    /// </summary>
    public void DropFeeds() => _dropsFeeds = true;

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (Take(context) is { } held)
        {
            await held.PassAsync();
        }

        if (!_dropsFeeds || NameOf(context) != "IPoolGrain.Fed")
        {
            await context.Invoke();
        }
    }

    private volatile bool _dropsFeeds;

    private static string NameOf(IOutgoingGrainCallContext context) => $"{context.InterfaceMethod.DeclaringType?.Name}.{context.InterfaceMethod.Name}";

    private HeldCall? Take(IOutgoingGrainCallContext context)
    {
        lock (_gate)
        {
            var method = NameOf(context);
            var held = _held.FirstOrDefault(call => call.Method == method && context.SourceId?.Type.ToString() == call.From);
            if (held is not null)
            {
                _held.Remove(held);
            }

            return held;
        }
    }
}

/// <summary>One call that is held.</summary>
internal sealed class HeldCall(string method, string from)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Method => method;

    public string From => from;

    /// <summary>Completes when the call is on its way.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public void Release() => _released.TrySetResult();

    public Task PassAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
