using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gaib.Abstractions.Governance;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Silo;
using Gaib.Storage.Local;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;

namespace Gaib.Bench.Hosting;

/// <summary>The silos that are measured, each in a process of its own.</summary>
internal static class ServedSilo
{
    /// <summary>The command of <see cref="GaibAsync"/>.</summary>
    public const string Gaib = "serve";

    /// <summary>The command of <see cref="TransactionsAsync"/>.</summary>
    public const string Transactions = "serve-transactions";

    /// <summary>The command of <see cref="PostgresTransactionsAsync"/>.</summary>
    public const string PostgresTransactions = "serve-transactions-postgres";

    /// <summary>A silo of Gaib, as a node runs it, but without a genesis: whoever measures issues what it needs.</summary>
    public static Task GaibAsync(string directory)
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
        return ServeAsync(silo => silo.AddGaib(options, new Network(options.Genesis)));
    }

    /// <summary>A silo with Orleans' own transactions over our grain storage on the local disk.</summary>
    public static Task TransactionsAsync(string directory) => ServeAsync(silo => silo
        .AddGaibLocalGrainStorageAsDefault(storage => storage.Folder = directory)
        .UseTransactions());

    /// <summary>A silo with Orleans' own transactions over the official storage in a PostgreSQL.</summary>
    /// <param name="connection">How to reach it.</param>
    public static Task PostgresTransactionsAsync(string connection) => ServeAsync(silo => silo
        .AddAdoNetGrainStorageAsDefault(storage => (storage.Invariant, storage.ConnectionString) = ("Npgsql", connection))
        .UseTransactions());

    /// <summary>Says on its first line at which port clients find it; ends when its input does.</summary>
    private static async Task ServeAsync(Action<ISiloBuilder> add)
    {
        var gateway = FreePort();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.UseOrleans(silo => add(silo.UseLocalhostClustering(FreePort(), gateway, serviceId: "gaib", clusterId: "gaib")));
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
