using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Cuda;
using Gaib.Domain.Training;
using Gaib.Grains;
using Gaib.Grains.Money;
using Gaib.Silo.Backup;
using Gaib.Silo.Ledger;
using Gaib.Storage.Backup;
using Gaib.Storage.Journal;
using Gaib.Storage.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace Gaib.Silo;

/// <summary>What a silo of Gaib consists of, apart from how silos find each other.</summary>
public static class GaibComposition
{
    // A book of tens of millions of accounts is read within a minute; one that was given up in its middle would never be there.
    private static readonly TimeSpan LoadMax = TimeSpan.FromHours(1);

    /// <summary>Adds the ports, the local storage, the reminders and the streams that the grains work with.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">Where things are kept, keys, clock, devices.</param>
    /// <param name="network">The network of the options' genesis.</param>
    public static ISiloBuilder AddGaib(this ISiloBuilder silo, GaibNodeOptions options, Network network)
    {
        var services = silo.Services;
        services.AddSingleton(network);
        services.AddSingleton(options.Clock);
        services.AddSingleton<WorkCounters>();
        services.AddSingleton<ICommandVerifier, EvmCommandVerifier>();
        services.AddSingleton<ISettlementSigner>(_ => new KeySettlementSigner(network, options.SettlerKeys));
        services.AddSingleton<IBeaconSource>(_ => new HashChainBeacon(network, options.BeaconSeed, GaibNodeOptions.BeaconEpochs));
        services.AddSingleton(CpuDevice.Create(options.Threads));
        services.AddSingleton(provider => options.Devices?.Invoke(provider.GetRequiredService<IDevice>())
            ?? new CpuDeviceProvider(provider.GetRequiredService<IDevice>()));
        services.AddSingleton<IJournalStore, LocalJournalStore>();
        services.Configure<JournalOptions>(journal =>
            (journal.Directory, journal.SegmentBytes) = (Path.Combine(options.DataDirectory, "books"), options.SegmentBytes));
        services.AddMetrics();
        services.AddSingleton<BookMoments>();
        services.AddSingleton<BookInstruments>();
        services.AddSingleton<BookSender>();
        services.Configure<BookSenderOptions>(books => books.QueueMax = options.BookQueueMax);
        services.AddSingleton(new LedgerAuditOptions { Interval = options.AuditEvery, Time = options.Time });
        services.AddSingleton<LedgerInstruments>();
        services.AddSingleton<LedgerAudit>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerAudit>());
        services.AddSingleton(provider => new BackupSource(options.DataDirectory) { HoldArrivals = provider.GetRequiredService<BookMoments>().HoldArrivals });
        services.TryAddSingleton(NodeGateway.At(0));
        services.AddSingleton<IChunkStore>(_ => new LocalChunkStore(Path.Combine(options.DataDirectory, "chunks")));
        return silo
            .AddGaibLocalGrainStorage("gaib", (LocalGrainStorageOptions storage) => storage.Folder = Path.Combine(options.DataDirectory, "grains"))
            .AddGaibLocalGrainStorage("PubSubStore", (LocalGrainStorageOptions storage) => storage.Folder = Path.Combine(options.DataDirectory, "pubsub"))
            .UseGaibLocalReminders(reminders => reminders.Folder = Path.Combine(options.DataDirectory, "reminders"))
            .AddMemoryStreams(RevenueNotice.StreamProvider)
            .Configure<GrainCollectionOptions>(collection => (collection.ActivationTimeout, collection.DeactivationTimeout) = (LoadMax, LoadMax))
            .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(2));
    }
}
