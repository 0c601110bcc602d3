using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Grains.Money;
using Gaib.Silo;
using Gaib.Storage.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>Two silos that host books and nothing else, each with its own way to the same journals, as two processes have.</summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "gaib-tests", Guid.NewGuid().ToString("N"));
    private readonly InProcessTestCluster _cluster;
    private int _owners;

    private TwoSilos(uint books)
    {
        Network = new Network(TestNetwork.Genesis()) { Books = books };
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureHost(host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(Network);
            silo.Services.AddSingleton<IClock>(new LogicalClock(TestNetwork.Start));
            silo.Services.AddMetrics();
            silo.Services.AddSingleton<BookMoments>();
            silo.Services.AddSingleton<BookInstruments>();
            silo.Services.AddSingleton<BookSender>();
            silo.Services.AddSingleton<IJournalStore, LocalJournalStore>();
            silo.Services.Configure<JournalOptions>(journal =>
            {
                (journal.Directory, journal.SegmentBytes) = (_folder, 1 << 16);
                journal.OnStep = step => Interlocked.Add(ref _owners, step == JournalStep.AfterEpoch ? 1 : 0);
            });
            silo.Services.Configure<BookOptions>(book => book.SnapshotEveryBytes = GrainCluster.SnapshotEveryBytes);
        });
        _cluster = builder.Build();
    }

    public Network Network { get; }

    public IGrainFactory Grains => _cluster.Client;

    public SiloAddress First => _cluster.Silos[0].SiloAddress;

    public SiloAddress Second => _cluster.Silos[1].SiloAddress;

    public static async Task<TwoSilos> StartAsync(uint books = 1)
    {
        var silos = new TwoSilos(books);
        await silos._cluster.DeployAsync();
        await GenesisIssue.TellAsync(silos.Grains, silos.Network);
        return silos;
    }

    public IBookGrain Book(long number) => Grains.GetGrain<IBookGrain>(number);

    /// <summary>The silo that hosts a book; null while none does.</summary>
    public async Task<SiloAddress?> HostOfAsync(IBookGrain book) =>
        await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(book);

    /// <summary>How often a silo has taken a journal over.</summary>
    public int Owners => Volatile.Read(ref _owners);

    public async Task StopFirstAsync() => await _cluster.StopSiloAsync(_cluster.Silos[0]);

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
