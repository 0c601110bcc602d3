using Gaib.Abstractions.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gaib.Grains;

/// <summary>
/// How a grain comes back by itself: by a reminder that outlives the process. Under a clock that somebody drives none is set, because
/// then whoever moves the clock also asks for what is due, and nothing may happen in between.
/// </summary>
internal static class OwnTime
{
    /// <summary>The name of every grain's one reminder.</summary>
    public const string Reminder = "due";

    /// <summary>Has the grain called again and again; a shorter period than the silo's reminders take, by default a minute, counts as that.</summary>
    public static Task RemindAsync(this IGrainBase grain, IClock clock, TimeSpan period)
    {
        if (clock.IsDriven)
        {
            return Task.CompletedTask;
        }

        var least = grain.GrainContext.ActivationServices.GetRequiredService<IOptions<ReminderOptions>>().Value.MinimumReminderPeriod;
        var every = period < least ? least : period;
        return grain.RegisterOrUpdateReminder(Reminder, every, every);
    }

    /// <summary>Ends the calls.</summary>
    public static async Task ForgetAsync(this IGrainBase grain, IClock clock)
    {
        if (!clock.IsDriven && await grain.GetReminder(Reminder) is { } reminder)
        {
            await grain.UnregisterReminder(reminder);
        }
    }
}
