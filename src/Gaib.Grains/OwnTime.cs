using Gaib.Abstractions.Ports;

namespace Gaib.Grains;

/// <summary>
/// How a grain comes back by itself: by a reminder that outlives the process. Under a clock that somebody drives none is set, because
/// then whoever moves the clock also asks for what is due, and nothing may happen in between.
/// </summary>
internal static class OwnTime
{
    /// <summary>The name of every grain's one reminder.</summary>
    public const string Reminder = "due";

    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>Has the grain called again and again; a period under a minute counts as one.</summary>
    public static Task RemindAsync(this Grain grain, IClock clock, TimeSpan period)
    {
        var every = period < Least ? Least : period;
        return clock.IsDriven ? Task.CompletedTask : grain.RegisterOrUpdateReminder(Reminder, every, every);
    }

    /// <summary>Ends the calls.</summary>
    public static async Task ForgetAsync(this Grain grain, IClock clock)
    {
        if (!clock.IsDriven && await grain.GetReminder(Reminder) is { } reminder)
        {
            await grain.UnregisterReminder(reminder);
        }
    }
}
