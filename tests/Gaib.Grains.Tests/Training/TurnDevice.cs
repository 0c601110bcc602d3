using System.Collections.Concurrent;
using Gaib.Domain.Training;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Training;

/// <summary>Lets workers finish a round's training in a given order, and no other.</summary>
internal sealed class Turns(int[] order)
{
    private readonly ConcurrentDictionary<(int Round, int Place), TaskCompletionSource> _done = new();
    private readonly ConcurrentQueue<int> _taken = new();

    /// <summary>Who finished, in that order.</summary>
    public IEnumerable<int> Taken => _taken;

    /// <summary>Returns when it is the worker's turn to finish the round.</summary>
    public void Wait(int worker, int round, Task over)
    {
        var place = Array.IndexOf(order, worker);
        if (place > 0)
        {
            Task.WaitAny(Signal(round, place - 1).Task, over);
        }

        _taken.Enqueue(worker);
        Signal(round, place).TrySetResult();
    }

    private TaskCompletionSource Signal(int round, int place) =>
        _done.GetOrAdd((round, place), _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>Trains, and then waits for its turn to say so. Re-executions wait for nobody.</summary>
internal sealed class TurnDevice(IDevice inner, Turns turns, int worker, Task over) : DeviceWrapper(inner)
{
    private static readonly ConcurrentDictionary<(Turns, int Worker, int Round), bool> Trained = new();

    public override InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null)
    {
        var result = base.RunInner(task, diesBefore);
        if (Trained.TryAdd((turns, worker, task.Round), true))
        {
            turns.Wait(worker, task.Round, over);
        }

        return result;
    }
}
