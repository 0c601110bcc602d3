using System.Net;
using System.Net.Sockets;
using Gaib.Domain.Governance;
using Gaib.Storage.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace Gaib.Storage.Tests.Local;

/// <summary>The extensions in a real silo.</summary>
public sealed class LocalSiloTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("model", "one");
    private readonly LocalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Silo_StartedAgain_HasStatesAndReminders()
    {
        string? etag;
        using (var host = await StartAsync())
        {
            var state = new GrainState<Parameters>(new Parameters { EpochMs = 5_000 });
            await host.Services.GetRequiredKeyedService<IGrainStorage>("models").WriteStateAsync("state", Grain, state);
            etag = await host.Services.GetRequiredService<IReminderTable>().UpsertRow(
                new ReminderEntry { GrainId = Grain, ReminderName = "expire", StartAt = new DateTime(2040, 1, 1, 0, 0, 0, DateTimeKind.Utc), Period = TimeSpan.FromHours(1) });
            Assert.Throws<IOException>(TakeLock);
            await host.StopAsync();
        }

        TakeLock();
        using (var host = await StartAsync())
        {
            var state = new GrainState<Parameters>();
            await host.Services.GetRequiredKeyedService<IGrainStorage>("models").ReadStateAsync("state", Grain, state);
            Assert.Equal(new Parameters { EpochMs = 5_000 }, state.State);
            Assert.Equal(etag, (await host.Services.GetRequiredService<IReminderTable>().ReadRow(Grain, "expire"))!.ETag);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task Silo_WithoutAFolder_DoesNotStart()
    {
        var storage = await Assert.ThrowsAsync<OrleansConfigurationException>(() => StartAsync(states: ""));
        Assert.Contains("'models' is required", storage.Message, StringComparison.Ordinal);
        var reminders = await Assert.ThrowsAsync<OrleansConfigurationException>(() => StartAsync(reminders: " "));
        Assert.Contains("LocalReminderTableOptions.Folder is required", reminders.Message, StringComparison.Ordinal);
    }

    private async Task<IHost> StartAsync(string? states = null, string? reminders = null)
    {
        var (silo, gateway) = FreePorts();
        var host = new HostBuilder()
            .UseOrleans(builder => builder
                .UseLocalhostClustering(silo, gateway)
                .AddGaibLocalGrainStorage("models", options => options.Folder = states ?? Path.Combine(_folder.Path, "states"))
                .UseGaibLocalReminders(options => options.Folder = reminders ?? Path.Combine(_folder.Path, "reminders")))
            .Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    private void TakeLock() => new FileStream(
        Path.Combine(_folder.Path, "states", ".owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None).Dispose();
}
