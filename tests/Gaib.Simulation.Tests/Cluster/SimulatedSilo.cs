using System.Reflection;
using Gaib.Abstractions.Money;
using Orleans.Concurrency;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// Activations by id. A call makes one where there is none, and waits for its turn unless the grain lets calls interleave. For a while
/// there may be two of one grain, and calls go to either.
/// </summary>
internal sealed class SimulatedSilo(Random random, Wire wire, EventLog log)
{
    private static readonly MethodInfo CallOfAsync = typeof(SimulatedSilo).GetMethod(nameof(CallAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly Dictionary<GrainId, List<Activation>> _live = [];

    /// <summary>Makes an activation that is not ready yet.</summary>
    public Func<GrainId, Activation> Make { get; set; } = null!;

    /// <summary>The process in which a grain lives now.</summary>
    public Func<GrainId, ProcessLife> ProcessOf { get; set; } = null!;

    /// <summary>Answers what is no grain of the simulation; null where it is one.</summary>
    public Func<Type, string, object?> Serve { get; set; } = null!;

    /// <summary>Everything that is alive, in the order in which it was made.</summary>
    public IEnumerable<Activation> Live => _live.OrderBy(row => row.Key.ToString(), StringComparer.Ordinal).SelectMany(row => row.Value).ToList();

    /// <summary>How somebody reaches grains.</summary>
    /// <param name="caller">The process of whoever asks.</param>
    /// <param name="onAsked">Told each call before it is sent, and to whom.</param>
    /// <param name="onAnswered">Told each answer before the caller is.</param>
    public IGrainFactory Factory(
        ProcessLife caller, Action<GrainId, string, object?[]>? onAsked = null, Action<string, object?[], object?>? onAnswered = null) => Fake.Of<IGrainFactory>((method, arguments) =>
    {
        var type = method.GetGenericArguments()[0];
        var key = arguments[0]!.ToString()!;
        return Serve(type, key) ?? Reach(type, key, caller, onAsked ?? ((_, _, _) => { }), onAnswered ?? ((_, _, _) => { }));
    });

    /// <summary>The id under which a grain is reached.</summary>
    public static GrainId IdOf(Type type, string key) => type == typeof(IBookGrain)
        ? GrainId.Create(GrainType.Create(type.Name), GrainIdKeyExtensions.CreateIntegerKey(long.Parse(key, System.Globalization.CultureInfo.InvariantCulture)))
        : GrainId.Create(type.Name, key);

    /// <summary>A process is gone, and all that lived in it.</summary>
    public void Die(ProcessLife process)
    {
        foreach (var (id, list) in _live.ToList())
        {
            if (ProcessOf(id) == process)
            {
                list.ForEach(activation => activation.Die());
                _live.Remove(id);
            }
        }
    }

    /// <summary>Takes an activation out: the next call makes another.</summary>
    public void Remove(Activation activation)
    {
        activation.Die();
        if (_live.TryGetValue(activation.Id, out var list))
        {
            list.Remove(activation);
        }
    }

    /// <summary>Makes a second activation of a grain that has one.</summary>
    public void Double(GrainId id)
    {
        if (_live.TryGetValue(id, out var list) && list.Count == 1)
        {
            log.See($"two activations of {id.Type}");
            Add(id, list);
        }
    }

    private object Reach(
        Type type, string key, ProcessLife caller, Action<GrainId, string, object?[]> onAsked, Action<string, object?[], object?> onAnswered)
    {
        var id = IdOf(type, key);
        return Make(type, (method, arguments) =>
        {
            var result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(bool);
            onAsked(id, method.Name, arguments);
            return CallOfAsync.MakeGenericMethod(result).Invoke(this, [id, method, arguments, caller, onAnswered]);
        });

        static object Make(Type type, Func<MethodInfo, object?[], object?> answer) =>
            typeof(Fake).GetMethod(nameof(Fake.Of))!.MakeGenericMethod(type).Invoke(null, [answer])!;
    }

    private async Task<T> CallAsync<T>(GrainId id, MethodInfo method, object?[] arguments, ProcessLife caller, Action<string, object?[], object?> onAnswered)
    {
        var answer = await wire.CallAsync(() => Find(id).InvokeAsync<T>(method, arguments), caller, ProcessOf(id));
        onAnswered(method.Name, arguments, answer);
        return answer;
    }

    private Activation Find(GrainId id)
    {
        if (!_live.TryGetValue(id, out var list))
        {
            _live[id] = list = [];
        }

        return list.Count == 0 ? Add(id, list) : list.Count > 1 && random.Next(3) == 0 ? list[0] : list[^1];
    }

    private Activation Add(GrainId id, List<Activation> list)
    {
        var made = Make(id);
        list.Add(made);
        made.Start(() => list.Remove(made));
        return made;
    }
}

/// <summary>One activation.</summary>
internal sealed class Activation(GrainId id, object surface, Func<Task> activate, Func<Task> deactivate, bool isReentrant)
{
    private Task _ready = Task.CompletedTask;
    private Task _last = Task.CompletedTask;

    public GrainId Id => id;

    /// <summary>What takes its calls.</summary>
    public object Surface => surface;

    /// <summary>It takes calls no more, and what it still does is of no effect.</summary>
    public bool IsDead { get; private set; }

    public void Die() => IsDead = true;

    /// <summary>Ends it as the runtime does with a grain that nobody calls.</summary>
    public Task DeactivateAsync() => deactivate();

    /// <summary>Begins; a failure ends it.</summary>
    public void Start(Action onFailed) => _ready = StartAsync(onFailed);

    /// <summary>One call, in its turn.</summary>
    public async Task<T> InvokeAsync<T>(MethodInfo method, object?[] arguments)
    {
        await _ready;
        if (isReentrant || method.IsDefined(typeof(AlwaysInterleaveAttribute)))
        {
            return await RunAsync<T>(method, arguments);
        }

        var (before, mine) = (_last, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _last = mine.Task;
        await before;
        try
        {
            return await RunAsync<T>(method, arguments);
        }
        finally
        {
            mine.SetResult();
        }
    }

    private async Task<T> RunAsync<T>(MethodInfo method, object?[] arguments)
    {
        if (IsDead)
        {
            throw new InvalidOperationException("The activation is gone.");
        }

        var running = (Task)method.Invoke(surface, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
        if (running is Task<T> answering)
        {
            return await answering;
        }

        await running;
        return default!;
    }

    private async Task StartAsync(Action onFailed)
    {
        try
        {
            await activate();
        }
        catch
        {
            Die();
            onFailed();
            throw;
        }
    }
}
