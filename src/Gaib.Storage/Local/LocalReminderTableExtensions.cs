using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;

namespace Gaib.Storage.Local;

/// <summary>Adds <see cref="LocalReminderTable"/> to a silo.</summary>
public static class LocalReminderTableExtensions
{
    /// <summary>Keeps reminders on the local disk.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets at least <see cref="LocalReminderTableOptions.Folder"/>.</param>
    public static ISiloBuilder UseGaibLocalReminders(this ISiloBuilder builder, Action<LocalReminderTableOptions> configure) =>
        builder.ConfigureServices(services =>
        {
            services.AddReminders();
            services.Configure(configure);
            services.AddTransient<IConfigurationValidator, LocalReminderTableOptionsValidator>();
            services.AddSingleton<IReminderTable, LocalReminderTable>();
        });
}
