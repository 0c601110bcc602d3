using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;

namespace Gaib.Bench.Hosting;

/// <summary>A silo in a process of its own, and a client of its gateway in this one. The silo ends when its standard input does.</summary>
internal sealed class ChildSilo : IAsyncDisposable
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly IHost _client;

    private ChildSilo(Process process, IHost client) => (_process, _client) = (process, client);

    /// <summary>Finds the silo's grains.</summary>
    public IGrainFactory Grains => _client.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts this program again as a silo.</summary>
    /// <param name="command">The hidden command that serves.</param>
    /// <param name="place">Where the silo keeps what it keeps.</param>
    public static async Task<ChildSilo> StartAsync(string command, string place)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { typeof(ChildSilo).Assembly.Location, command, place },
        })!;
        if (!int.TryParse(await process.StandardOutput.ReadLineAsync(), CultureInfo.InvariantCulture, out var gateway))
        {
            throw new InvalidOperationException($"The silo of '{command}' did not start; what it says stands above.");
        }

        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(gateway, serviceId: "gaib", clusterId: "gaib")
            .UseTransactions());
        var host = builder.Build();
        await host.StartAsync();
        return new ChildSilo(process, host);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        _client.Dispose();
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(EndWithin);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
