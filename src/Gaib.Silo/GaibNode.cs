using System.Net;
using System.Net.Sockets;
using Gaib.Abstractions.Governance;
using Gaib.Domain.Money;
using Gaib.Silo.Backup;
using Gaib.Storage.Backup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gaib.Silo;

/// <summary>
/// A single-machine node: core silo and workers in one process, durable in one folder. Killed at any instant, it starts again where
/// it was.
/// </summary>
public sealed class GaibNode : IAsyncDisposable
{
    /// <summary>The name of the service and of the cluster, which whoever connects must name too.</summary>
    public const string Service = "gaib";

    private readonly IHost _host;
    private readonly NodeDirectory _hold;

    private readonly string _directory;

    private GaibNode(IHost host, NodeDirectory hold, string directory, Network network) =>
        (_host, _hold, _directory, Network) = (host, hold, directory, network);

    /// <summary>The network that it serves.</summary>
    public Network Network { get; }

    /// <summary>Finds grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The node's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a node and makes sure that the genesis stands in its book.</summary>
    /// <exception cref="ArgumentException">A setting is wrong; the message names it.</exception>
    /// <exception cref="IOException">The data directory is in use by another process, or can't be used.</exception>
    public static async Task<GaibNode> StartAsync(GaibNodeOptions options, CancellationToken cancellationToken = default)
    {
        var hold = options.Hold ?? NodeDirectory.Take(options.DataDirectory);
        IHost? host = null;
        try
        {
            ArgumentOutOfRangeException.ThrowIfZero(options.Books, nameof(GaibNodeOptions.Books));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Books, BookPlace.CountMax, nameof(GaibNodeOptions.Books));
            ArgumentOutOfRangeException.ThrowIfLessThan(options.BookQueueMax, 1, nameof(GaibNodeOptions.BookQueueMax));
            var network = new Network(options.Genesis) { Books = options.Books };
            GenesisFile.Check(options.DataDirectory, network);

            // What a killed node left: it names a port of which nobody knows who listens there now, and a backup that can't go on.
            NodeGateway.Remove(options.DataDirectory);
            new BackupSource(options.DataDirectory).ClearLinks();
            var gateway = NodeGateway.At(FreePort());
            host = Build(options, network, gateway);
            await host.StartAsync(cancellationToken);
            var node = new GaibNode(host, hold, options.DataDirectory, network);
            await GenesisIssue.TellAsync(node.Grains, network);
            gateway.Write(options.DataDirectory);
            return node;
        }
        catch
        {
            host?.Dispose();
            hold.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        NodeGateway.Remove(_directory);
        await _host.StopAsync();
        _host.Dispose();
        _hold.Dispose();
    }

    private static IHost Build(GaibNodeOptions options, Network network, NodeGateway gateway)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });

        // Standard output belongs to whoever runs the node; what the node has to say goes to standard error.
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Orleans", options.Quiet ? LogLevel.None : LogLevel.Error)
            .AddFilter("Microsoft", options.Quiet ? LogLevel.None : LogLevel.Error)
            .AddFilter("Gaib.Storage.Local", options.Quiet ? LogLevel.None : LogLevel.Error)
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), gateway.Port, serviceId: Service, clusterId: Service)
            .AddGaib(options, network));
        builder.Services.AddSingleton(gateway);
        return builder.Build();
    }

    /// <summary>A port that was free a moment ago; a single-machine node listens on the loopback only.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
