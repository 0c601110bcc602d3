using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace Gaib.Storage.Local;

/// <summary>Adds <see cref="LocalGrainStorage"/> to a silo.</summary>
public static class LocalGrainStorageExtensions
{
    /// <summary>Adds local grain storage as the default storage.</summary>
    public static ISiloBuilder AddGaibLocalGrainStorageAsDefault(this ISiloBuilder builder, Action<LocalGrainStorageOptions> configure) =>
        builder.AddGaibLocalGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configure);

    /// <summary>Adds local grain storage under a name.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The storage's name, as in <c>[PersistentState("state", "name")]</c>.</param>
    /// <param name="configure">Sets at least <see cref="LocalGrainStorageOptions.Folder"/>.</param>
    public static ISiloBuilder AddGaibLocalGrainStorage(
        this ISiloBuilder builder, string name, Action<LocalGrainStorageOptions> configure) =>
        builder.AddGaibLocalGrainStorage(name, options => options.Configure(configure));

    /// <summary>Adds local grain storage under a name.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The storage's name, as in <c>[PersistentState("state", "name")]</c>.</param>
    /// <param name="configure">Configures the options, from other services too.</param>
    public static ISiloBuilder AddGaibLocalGrainStorage(
        this ISiloBuilder builder, string name, Action<OptionsBuilder<LocalGrainStorageOptions>>? configure) =>
        builder.ConfigureServices(services => services.AddGaibLocalGrainStorage(name, configure));

    /// <summary>Adds local grain storage under a name.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="name">The storage's name.</param>
    /// <param name="configure">Configures the options.</param>
    public static IServiceCollection AddGaibLocalGrainStorage(
        this IServiceCollection services, string name, Action<OptionsBuilder<LocalGrainStorageOptions>>? configure)
    {
        configure?.Invoke(services.AddOptions<LocalGrainStorageOptions>(name));
        services.AddTransient<IConfigurationValidator>(provider => new LocalGrainStorageOptionsValidator(
            provider.GetRequiredService<IOptionsMonitor<LocalGrainStorageOptions>>().Get(name), name));
        services.ConfigureNamedOptionForLogging<LocalGrainStorageOptions>(name);
        return services.AddGrainStorage(name, LocalGrainStorage.Create);
    }
}
