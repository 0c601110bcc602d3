namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// Carries calls to grains and their answers back: it loses, doubles, delays and reorders both. Who hears nothing for a while is told so,
/// and knows nothing.
/// </summary>
internal sealed class Wire(Random random, EventLog log)
{
    private const int TimeoutTicks = 40;

    private readonly List<Parcel> _parcels = [];
    private readonly List<(int Due, TaskCompletionSource Done)> _pauses = [];
    private int _tick;

    /// <summary>Nothing is lost, doubled or late any more.</summary>
    public bool IsHealed { get; set; }

    /// <summary>How many calls and answers are on their way.</summary>
    public int Count => _parcels.Count;

    /// <summary>Calls a grain.</summary>
    /// <param name="invoke">Done where the call arrives, each time that it arrives.</param>
    /// <param name="from">The caller's process, which may die before the answer is there.</param>
    /// <param name="to">The process that is called.</param>
    public Task<T> CallAsync<T>(Func<Task<T>> invoke, ProcessLife from, ProcessLife to)
    {
        var call = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Strikes("message lost", 20))
        {
            return TimeOut(call, from).Task;
        }

        Send(() => _ = DeliverAsync(call, invoke, from, to), isTimer: false, to, Delay("message late"));
        if (Strikes("message doubled", 25))
        {
            Send(() => _ = DeliverAsync(call, invoke, from, to), isTimer: false, to, Delay("message late") + random.Next(80));
        }

        return TimeOut(call, from).Task;
    }

    /// <summary>Waits for some steps of the world.</summary>
    public Task Pause(int ticks)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pauses.Add((_tick + ticks, done));
        return done.Task;
    }

    /// <summary>Does something inside a process after some steps, unless it dies before.</summary>
    public void Later(int ticks, Action action, ProcessLife process) => _parcels.Add(new Parcel(_tick + ticks, action, isTimer: true, process));

    /// <summary>Whatever belongs to a process that is gone is gone with it: what was on its way to it, its answers, its timers.</summary>
    public void CutOff() => _parcels.RemoveAll(parcel => parcel.Process.IsOver);

    /// <summary>One step: delivers what is due, in no particular order.</summary>
    public void Step(Turns turns)
    {
        _tick++;
        foreach (var (_, done) in Take(_pauses, pause => pause.Due <= _tick))
        {
            done.SetResult();
            turns.Run();
        }

        var due = Take(_parcels, parcel => parcel.Due <= _tick && (parcel.IsTimer || IsHealed || random.Next(3) > 0)).ToArray();
        random.Shuffle(due);
        foreach (var parcel in due)
        {
            parcel.Deliver();
            turns.Run();
        }
    }

    private async Task DeliverAsync<T>(TaskCompletionSource<T> call, Func<Task<T>> invoke, ProcessLife from, ProcessLife to)
    {
        Action answer;
        try
        {
            var result = await invoke();
            answer = () => Answer(() => call.TrySetResult(result));
        }
        catch (Exception fault)
        {
            answer = () => Answer(() => call.TrySetException(fault));
        }

        if (!Strikes("reply lost", 15))
        {
            Send(answer, isTimer: false, to, Delay("reply late"));
        }

        void Answer(Action set)
        {
            if (!from.IsOver)
            {
                set();
            }
        }
    }

    private TaskCompletionSource<T> TimeOut<T>(TaskCompletionSource<T> call, ProcessLife from)
    {
        Send(
            () =>
            {
                if (call.TrySetException(new TimeoutException()))
                {
                    log.See("timeout");
                }
            },
            isTimer: true,
            from,
            TimeoutTicks);
        return call;
    }

    private int Delay(string name) => Strikes(name, 12) ? random.Next(60) : random.Next(2);

    private bool Strikes(string name, int oneIn)
    {
        var strikes = !IsHealed && random.Next(oneIn) == 0;
        if (strikes)
        {
            log.See(name);
        }

        return strikes;
    }

    private void Send(Action deliver, bool isTimer, ProcessLife process, int delay) =>
        _parcels.Add(new Parcel(_tick + delay, deliver, isTimer, process));

    private static List<T> Take<T>(List<T> from, Predicate<T> which)
    {
        var taken = from.FindAll(which);
        from.RemoveAll(taken.Contains);
        return taken;
    }

    private sealed class Parcel(int due, Action deliver, bool isTimer, ProcessLife process)
    {
        public int Due => due;

        public Action Deliver => deliver;

        public bool IsTimer => isTimer;

        /// <summary>With whose end it is lost.</summary>
        public ProcessLife Process => process;
    }
}
