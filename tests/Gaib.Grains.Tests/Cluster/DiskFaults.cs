namespace Gaib.Grains.Tests.Cluster;

/// <summary>
/// Sees every point of every write on its way to the disk, and fails the one that the test names. A point is a kind of grain, the
/// book or the chunks, and a step: <c>gaib.job AfterWrite</c>, <c>book BeforeWrite</c>.
/// </summary>
internal sealed class DiskFaults
{
    /// <summary>How long a test waits for what must happen; a loaded machine needs some of it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private Func<string, int, bool>? _strikes;
    private int _reached;
    private TaskCompletionSource<string> _struck = NewSignal();

    /// <summary>How many points were reached since the last order.</summary>
    public int Reached
    {
        get
        {
            lock (_gate)
            {
                return _reached;
            }
        }
    }

    /// <summary>Completes when a fault strikes, with the point.</summary>
    public Task<string> Struck => _struck.Task;

    /// <summary>Called at points that are to be watched, not failed.</summary>
    public Action<string>? Watch { get; set; }

    /// <summary>Completes when a point has been reached so many times from now on.</summary>
    public Task AwaitAsync(string point, int times = 1)
    {
        var (signal, left) = (NewSignal(), times);
        Watch += seen =>
        {
            if (seen == point && Interlocked.Decrement(ref left) == 0)
            {
                signal.TrySetResult(point);
            }
        };
        return signal.Task.WaitAsync(Patience);
    }

    /// <summary>Nothing fails any more.</summary>
    public void Heal() => Order(null);

    /// <summary>The next point with that name fails, once.</summary>
    public void FailNext(string point) => Order((name, _) => name == point);

    /// <summary>The <paramref name="number"/>-th write point from now on fails, once; reads count not.</summary>
    public void FailAt(int number) => Order((_, reached) => reached == number);

    /// <summary>Every point with that name fails until it is healed.</summary>
    public void FailAlways(string point)
    {
        lock (_gate)
        {
            Order((name, _) => name == point);
            _once = false;
        }
    }

    /// <summary>
    /// Every second point with that name fails, the first one to begin with, so that whoever repeats comes on, until it is healed.
    /// </summary>
    /// <returns>The points that failed so far.</returns>
    public IReadOnlyCollection<string> FailAlternately(string point)
    {
        var (failed, seen) = (new List<string>(), 0);
        lock (_gate)
        {
            Order((name, _) => name == point && seen++ % 2 == 0 && Add(failed, name));
            _once = false;
        }

        return failed;
    }

    /// <summary>Every write point fails with a chance of one in <paramref name="oneIn"/>, until it is healed.</summary>
    /// <returns>The points that failed so far.</returns>
    public IReadOnlyCollection<string> FailAtRandom(int seed, int oneIn)
    {
        var random = new Random(seed);
        var failed = new List<string>();
        lock (_gate)
        {
            Order((name, _) => random.Next(oneIn) == 0 && Add(failed, name));
            _once = false;
        }

        return failed;
    }

    /// <summary>A point is reached.</summary>
    /// <exception cref="IOException">It is the one that fails.</exception>
    public void Reach(string point)
    {
        Watch?.Invoke(point);
        if (point.EndsWith(" Read", StringComparison.Ordinal))
        {
            return;
        }

        lock (_gate)
        {
            _reached++;
            if (_strikes is null || !_strikes(point, _reached))
            {
                return;
            }

            _strikes = _once ? null : _strikes;
            _struck.TrySetResult(point);
        }

        throw new IOException($"The disk failed at '{point}', as the test ordered.");
    }

    private bool _once = true;

    private static bool Add(List<string> failed, string name)
    {
        failed.Add(name);
        return true;
    }

    private void Order(Func<string, int, bool>? strikes)
    {
        lock (_gate)
        {
            (_strikes, _reached, _once, _struck) = (strikes, 0, true, NewSignal());
        }
    }

    private static TaskCompletionSource<string> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
