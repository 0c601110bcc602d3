namespace Gaib.Cli.Demo;

/// <summary>
/// Waits for notices of revenue. They travel beside the books, over streams that look for news every so often; a notice that is late
/// changes no balance, but one that never comes is a fault that the demo must not hide.
/// </summary>
internal static class DemoNotices
{
    /// <summary>How long the demo waits for all of them, by the machine's clock.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long it waits between two looks.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks until all have heard.</summary>
    /// <param name="look">Says how many have heard.</param>
    /// <param name="all">How many there are.</param>
    /// <param name="time">The machine's clock.</param>
    /// <param name="pause">Waits for a while.</param>
    /// <exception cref="DemoException">Some had not heard when the patience was at its end.</exception>
    public static async Task AwaitAsync(Func<Task<int>> look, int all, TimeProvider time, Func<TimeSpan, Task> pause)
    {
        var began = time.GetTimestamp();
        for (var heard = await look(); heard < all; heard = await look())
        {
            if (time.GetElapsedTime(began) >= Patience)
            {
                throw new DemoException(
                    $"Only {heard} of {all} shareholders' grains heard of their revenue by stream within {Patience.TotalSeconds} seconds. "
                    + "The books are right; start the demo again to go on.");
            }

            await pause(Between);
        }
    }
}
