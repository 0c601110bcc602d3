using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gaib.Abstractions.Governance;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Grains.Money;
using Gaib.Silo;
using Gaib.Storage.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gaib.Kills.Tests.Node;

/// <summary>
/// A silo with all that a node has, in a process of its own. It takes the journals only when the first call comes, so that it can be started
/// while the one before it still lives.
/// </summary>
internal static class ServedNode
{
    public const string GatewayLine = "gateway ";
    public const string Cluster = "kills";

    /// <summary>Says at which port clients find it; ends when its input does.</summary>
    public static async Task RunAsync(ServedNodeSettings settings)
    {
        var options = Options(settings.Scratch);
        var strike = new Strike(settings.Point, settings.Occurrence);
        var gateway = FreePort();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.Critical).AddFilter("Microsoft", LogLevel.Critical)
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), gateway, serviceId: Cluster, clusterId: Cluster)
            .AddGaib(options, new Network(options.Genesis)));
        builder.Services.Configure<BookOptions>(book =>
            (book.SnapshotEveryBytes, book.SnapshotEveryStates) = (ServedNodeSettings.SnapshotEveryBytes, 0));
        builder.Services.Configure<JournalOptions>(journal =>
        {
            (journal.Directory, journal.SegmentBytes) = (settings.Books, ServedNodeSettings.SegmentBytes);
            journal.OnStep = step => strike.Reach(step.ToString());
            journal.Over = files => new HalfWrites(files, strike);
        });
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(GatewayLine + gateway.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
    }

    private static GaibNodeOptions Options(string scratch)
    {
        // No beacon is ever revealed here, so its chain need not be computed at each of many starts.
        var seed = Keccak.HashUtf8("kills beacon");
        var key = Evm.PrivateKey.Derive(seed);
        return new GaibNodeOptions
        {
            DataDirectory = scratch,
            Genesis = new Genesis(
                "kills", 1, key.Address, 0, [new Allocation(key.Address, 1)], seed, [],
                [key.Address], 1, new Parameters()),
            BeaconSeed = seed,
            SettlerKeys = [key],
        };
    }

    /// <summary>Below the ports that the system gives to connections, so that none of the many takes it in between.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
