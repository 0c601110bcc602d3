using System.Diagnostics;

namespace Gaib.Bench.Money;

/// <summary>What the calls of an open loop took, in milliseconds from when each was due.</summary>
/// <param name="P50">Half of them at most.</param>
/// <param name="P99">99 % of them at most.</param>
/// <param name="P100">The slowest.</param>
internal readonly record struct Latencies(double P50, double P99, double P100);

/// <summary>
/// Sends at fixed moments, whether or not earlier calls were answered, and measures each from the moment at which it was due: a stall of the
/// other side is then paid by every call that was due in it.
/// </summary>
internal static class OpenLoop
{
    /// <summary>Sends for some time.</summary>
    /// <param name="callsPerSecond">How many are due in a second.</param>
    /// <param name="seconds">How long; the first quarter warms up and does not count.</param>
    /// <param name="send">Starts the call of that number.</param>
    public static async Task<(Latencies Latencies, long Calls)> RunAsync(double callsPerSecond, double seconds, Func<long, Task> send)
    {
        var running = new Running(callsPerSecond, new double[(long)(callsPerSecond * seconds)]);
        await Task.Factory.StartNew(() => running.Pace(send), TaskCreationOptions.LongRunning);
        await running.Ended;
        var sorted = running.Took[(running.Took.Length / 4)..];
        Array.Sort(sorted);
        return (new Latencies(At(sorted, 0.5), At(sorted, 0.99), sorted[^1]), running.Took.Length);
    }

    private static double At(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];

    /// <summary>The calls of one run. Nothing of a call is kept but how long it took, or the collector would have to copy millions of them.</summary>
    private sealed class Running(double callsPerSecond, double[] took)
    {
        private readonly long _begun = Stopwatch.GetTimestamp();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _left = took.Length;

        public double[] Took => took;

        public Task Ended => _ended.Task;

        public void Pace(Func<long, Task> send)
        {
            for (var next = 0L; next < took.Length;)
            {
                var due = long.Min(took.Length, 1 + (long)(Stopwatch.GetElapsedTime(_begun).TotalSeconds * callsPerSecond));
                for (; next < due; next++)
                {
                    _ = WatchAsync(send(next), next);
                }

                // A thread that spun here would take a core from what is measured. What this makes late is counted as latency.
                Thread.Sleep(1);
            }
        }

        private async Task WatchAsync(Task call, long number)
        {
            try
            {
                await call.ConfigureAwait(false);
                took[number] = Stopwatch.GetElapsedTime(_begun).TotalMilliseconds - (1_000 * number / callsPerSecond);
                if (Interlocked.Decrement(ref _left) == 0)
                {
                    _ended.SetResult();
                }
            }
            catch (Exception fault)
            {
                _ended.TrySetException(fault);
            }
        }
    }
}
