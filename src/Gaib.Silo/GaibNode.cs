using System.Net;
using System.Net.Sockets;
using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Cuda;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Training;
using Gaib.Grains;
using Gaib.Storage.Journal;
using Gaib.Storage.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Gaib.Silo;

/// <summary>
/// A single-machine node: core silo and workers in one process, durable in one folder. Killed at any instant, it starts again where
/// it was.
/// </summary>
public sealed class GaibNode : IAsyncDisposable
{
    private readonly IHost _host;

    private GaibNode(IHost host, Network network) => (_host, Network) = (host, network);

    /// <summary>The network that it serves.</summary>
    public Network Network { get; }

    /// <summary>Finds grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The node's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a node and makes sure that the genesis stands in its book.</summary>
    /// <exception cref="ArgumentException">A setting is wrong; the message names it.</exception>
    public static async Task<GaibNode> StartAsync(GaibNodeOptions options, CancellationToken cancellationToken = default)
    {
        var network = new Network(options.Genesis);
        GenesisFile.Check(options.DataDirectory, network);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // Standard output belongs to whoever runs the node; what the node has to say goes to standard error.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.Error)
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddGaib(options, network);
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var node = new GaibNode(host, network);
        await node.IssueGenesisAsync();
        return node;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Issues the genesis allocations; told again at every start, it changes nothing.</summary>
    private async Task IssueGenesisAsync()
    {
        var book = Grains.GetGrain<IBookGrain>(0);
        var writer = await book.OpenWriter(Keccak.HashUtf8("genesis"));
        var reply = await book.Submit(new BookRequest
        {
            Writer = writer,
            Transfers = [.. Network.Genesis.Allocations.Select((allocation, i) => new Transfer
            {
                Id = Transfer.IdOf(writer, (ulong)i),
                Debit = AccountId.Issuance,
                Credit = AccountId.Person(allocation.Account),
                Amount = allocation.Amount,
                Cause = Network.Id,
            })],
        });
        if (reply.Rejection is { } rejection)
        {
            throw new InvalidOperationException($"The book refused the genesis: {rejection}");
        }
    }
}

/// <summary>Composition of a node's services.</summary>
internal static class GaibComposition
{
    public static void AddGaib(this IHostApplicationBuilder builder, GaibNodeOptions options, Network network)
    {
        var services = builder.Services;
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
        services.AddSingleton<IChunkStore>(_ => new LocalChunkStore(Path.Combine(options.DataDirectory, "chunks")));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), FreePort(), serviceId: "gaib", clusterId: "gaib")
            .AddGaibLocalGrainStorage("gaib", (LocalGrainStorageOptions storage) => storage.Folder = Path.Combine(options.DataDirectory, "grains"))
            .AddGaibLocalGrainStorage("PubSubStore", (LocalGrainStorageOptions storage) => storage.Folder = Path.Combine(options.DataDirectory, "pubsub"))
            .UseGaibLocalReminders(reminders => reminders.Folder = Path.Combine(options.DataDirectory, "reminders"))
            .AddMemoryStreams(RevenueNotice.StreamProvider)
            .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(2)));
    }

    /// <summary>A port that was free a moment ago; a single-machine node listens on the loopback only.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
