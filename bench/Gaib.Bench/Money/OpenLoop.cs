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
        var calls = (long)(callsPerSecond * seconds);
        var took = new double[calls];
        var open = new Task[calls];
        var begun = Stopwatch.GetTimestamp();
        await Task.Factory.StartNew(() => Pace(callsPerSecond, begun, took, open, send), TaskCreationOptions.LongRunning);
        await Task.WhenAll(open);
        var sorted = took[(int)(calls / 4)..];
        Array.Sort(sorted);
        return (new Latencies(At(sorted, 0.5), At(sorted, 0.99), sorted[^1]), calls);
    }

    private static void Pace(double callsPerSecond, long begun, double[] took, Task[] open, Func<long, Task> send)
    {
        for (var next = 0L; next < took.Length;)
        {
            var due = long.Min(took.Length, 1 + (long)(Stopwatch.GetElapsedTime(begun).TotalSeconds * callsPerSecond));
            for (; next < due; next++)
            {
                open[next] = WatchAsync(send(next), next, next / callsPerSecond, begun, took);
            }

            // A thread that spun here would take a core from what is measured. What this makes late is counted as latency.
            Thread.Sleep(1);
        }
    }

    private static async Task WatchAsync(Task call, long number, double dueSeconds, long begun, double[] took)
    {
        await call.ConfigureAwait(false);
        took[number] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds - (1_000 * dueSeconds);
    }

    private static double At(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];
}
