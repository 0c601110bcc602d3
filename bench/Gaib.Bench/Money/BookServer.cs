using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gaib.Abstractions.Governance;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Silo;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gaib.Bench.Money;

/// <summary>The silo that is measured, in a process of its own.</summary>
internal static class BookServer
{
    /// <summary>Says on its first line at which port clients find it; ends when its input does.</summary>
    public static async Task RunAsync(string directory)
    {
        var seed = Keccak.HashUtf8("bench beacon");
        var key = Evm.PrivateKey.Derive(seed);
        var options = new GaibNodeOptions
        {
            DataDirectory = directory,
            Genesis = new Genesis(
                "bench", 1, key.Address, 0, [new Allocation(key.Address, 1)], Beacon.Tip(seed, GaibNodeOptions.BeaconEpochs), [],
                [key.Address], 1, new Parameters()),
            BeaconSeed = seed,
            SettlerKeys = [key],
            Clock = new WallClock(),
            SegmentBytes = 64 << 20,
        };
        var gateway = FreePort();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), gateway, serviceId: "gaib", clusterId: "gaib")
            .AddGaib(options, new Network(options.Genesis)));
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(gateway.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
