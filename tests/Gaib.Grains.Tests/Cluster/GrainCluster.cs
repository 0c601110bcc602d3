using System.Globalization;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Client;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Grains.Money;
using Gaib.Silo;
using Gaib.Storage.Journal;
using Gaib.Storage.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Orleans.TestingHost;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>
/// One silo of the node's own composition in this process, on a folder of its own: real storage, a clock that the test moves, devices
/// that the test may spoil, and a disk that fails where the test says.
/// </summary>
internal sealed class GrainCluster : IAsyncDisposable
{
    /// <summary>Bytes of rows after which a book of these tests writes a snapshot.</summary>
    public const ulong SnapshotEveryBytes = 24 << 20;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "gaib-tests", Guid.NewGuid().ToString("N"));
    private readonly List<WorkCounters> _counters = [];
    private readonly int _threads;
    private readonly IClock _clock;
    private InProcessTestCluster _cluster = null!;

    private GrainCluster(Genesis genesis, int threads, bool driven, uint books)
    {
        (Network, _threads) = (new Network(genesis) { Books = books }, threads);
        _clock = driven ? Clock : new RunningClock(Clock);
    }

    public Network Network { get; }

    /// <summary>Where the first book's journal lies.</summary>
    public string JournalFolder => Path.Combine(_folder, "books", BookNames.Of(0));

    public LogicalClock Clock { get; } = new(TestNetwork.Start);

    public DiskFaults Disk { get; } = new();

    public TestDevices Devices { get; } = new();

    public HeldCalls Calls { get; } = new();

    /// <summary>Calls come from a client of the cluster, so that everything said crosses the serializer.</summary>
    public IGrainFactory Grains => _cluster.Client;

    public IBookGrain Book => Grains.GetGrain<IBookGrain>(0);

    public GaibClient Client => new(Grains, Network);

    /// <summary>The stream of a contributor's notices, as an app outside of the silo has it.</summary>
    public IAsyncStream<RevenueNotice> Notices(Address account) => _cluster.Client.GetStreamProvider(RevenueNotice.StreamProvider)
        .GetStream<RevenueNotice>(RevenueNotice.StreamNamespace, account.ToString());

    /// <summary>Services of the running silo.</summary>
    public IServiceProvider Services => _cluster.GetSiloServiceProvider();

    /// <summary>Work that was really executed, over all restarts.</summary>
    public (long Trained, long Replayed, long Calls) Executed =>
        (_counters.Sum(c => c.Trained), _counters.Sum(c => c.Replayed), _counters.Sum(c => c.Served));

    /// <summary>Starts a cluster on a new folder.</summary>
    /// <param name="change">Changes the genesis's parameters.</param>
    /// <param name="threads">Threads of each CPU device.</param>
    /// <param name="driven">False: the clock runs, and grains come back by themselves, after a fifth of a second at the earliest.</param>
    /// <param name="books">How many books people are spread over.</param>
    public static async Task<GrainCluster> StartAsync(
        Func<Parameters, Parameters>? change = null, int threads = 1, bool driven = true, uint books = 1)
    {
        // Devices that wait for each other block threads; the pool must not first think about it.
        ThreadPool.SetMinThreads(32, 32);
        var cluster = new GrainCluster(TestNetwork.Genesis(change), threads, driven, books);
        try
        {
            await cluster.StartSiloAsync();
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    /// <summary>Stops the silo and starts another one on the same folder.</summary>
    public async Task RestartAsync()
    {
        await StopSiloAsync();
        await StartSiloAsync();
    }

    /// <summary>Ends one activation, and returns when it is gone.</summary>
    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    /// <summary>Returns when the grain's activation, which is ending, is gone.</summary>
    public Task GoneAsync(IAddressable grain) => _cluster.WaitForDeactivationAsync(grain);

    /// <summary>Whether the grain is active in the silo now.</summary>
    public bool IsActive(IAddressable grain) => _cluster.TryGetGrainContext(grain.GetGrainId(), out _);

    /// <summary>The book as its grain has it in memory. Nobody may call the grain while a test changes it.</summary>
    public Domain.Money.Book BookInMemory()
    {
        Assert.True(_cluster.TryGetGrainContext(Book.GetGrainId(), out var context));
        var field = context.GrainInstance!.GetType().GetField("_book", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic);
        return (Domain.Money.Book)field!.GetValue(context.GrainInstance)!;
    }

    public async ValueTask DisposeAsync()
    {
        Devices.Release();
        await StopSiloAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task StartSiloAsync()
    {
        var options = new GaibNodeOptions
        {
            DataDirectory = _folder,
            Genesis = Network.Genesis,
            BeaconSeed = TestNetwork.BeaconSeed,
            SettlerKeys = TestNetwork.SettlerKeys,
            Clock = _clock,
            Devices = Devices.On,
            SegmentBytes = 1 << 16,
            Threads = _threads,
        };
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureHost(host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddGaib(options, Network);
            silo.Services.Configure<BookOptions>(book => book.SnapshotEveryBytes = SnapshotEveryBytes);
            silo.AddOutgoingGrainCallFilter(Calls);
            silo.Services.Configure<JournalOptions>(journal => journal.OnStep = step => Disk.Reach($"book {step}"));
            silo.Services.Configure<LocalGrainStorageOptions>("gaib", storage => storage.Fault = (point, key) => Disk.Reach(Named(point, key)));
            silo.Services.Configure<LocalReminderTableOptions>(reminders => reminders.Fault = (point, _) => Disk.Reach($"reminder {point}"));
            silo.Services.Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = TimeSpan.FromMilliseconds(200));
            silo.Services.AddSingleton<IChunkStore>(_ => new LocalChunkStore(
                Path.Combine(_folder, "chunks"), (point, _) => Disk.Reach($"chunk {point}")));
        });
        builder.ConfigureClient(client => client.AddMemoryStreams(RevenueNotice.StreamProvider));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        _counters.Add(Services.GetRequiredService<WorkCounters>());
        await GenesisIssue.TellAsync(Grains, Network);
    }

    private async Task StopSiloAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync();
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>For one <c>gaib.job BeforeWrite</c>: which grain of its kind it is does not matter to a campaign.</summary>
    private static string Named(AtomicFilePoint point, string key) =>
        string.Create(CultureInfo.InvariantCulture, $"{key[..key.IndexOf('/', StringComparison.Ordinal)]} {point}");
}
