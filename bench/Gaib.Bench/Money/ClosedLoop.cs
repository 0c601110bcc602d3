using System.Diagnostics;

namespace Gaib.Bench.Money;

/// <summary>Callers that each wait for an answer before they ask again.</summary>
internal static class ClosedLoop
{
    /// <summary>Lets all callers run side by side.</summary>
    /// <param name="callers">Each does one call and says how many transfers it made.</param>
    /// <param name="seconds">How long; the first quarter warms up and does not count.</param>
    /// <returns>Transfers a second in the counted time, and all that were made at any time.</returns>
    public static async Task<(double Rate, long Made)> RunAsync(IReadOnlyList<Func<Task<int>>> callers, double seconds)
    {
        var watch = Stopwatch.StartNew();
        var warm = seconds / 4;
        var results = await Task.WhenAll(callers.Select(caller => Task.Run(async () =>
        {
            var (counted, made) = (0.0, 0L);
            while (watch.Elapsed.TotalSeconds is var begun && begun < seconds)
            {
                var done = await caller();
                var ended = watch.Elapsed.TotalSeconds;
                made += done;

                // Of a call that lies in the counted time only in part, that part counts: large batches would else come and go whole.
                counted += done * double.Max(0, double.Min(ended, seconds) - double.Max(begun, warm)) / (ended - begun);
            }

            return (Counted: counted, Made: made);
        })));
        return (results.Sum(result => result.Counted) / (seconds - warm), results.Sum(result => result.Made));
    }
}
