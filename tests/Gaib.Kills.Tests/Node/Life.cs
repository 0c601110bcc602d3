using System.Net;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gaib.Kills.Tests.Node;

/// <summary>The node died while it was asked; what it did with the question is unknown.</summary>
internal sealed class NodeDiedException : Exception;

/// <summary>One life of a node and a client that is connected to it.</summary>
internal sealed class Life : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IHost _client;
    private readonly Task<int> _died;

    private Life(IHost client, Task<int> died)
    {
        (_client, _died) = (client, died);
        Book = client.Services.GetRequiredService<IClusterClient>().GetGrain<IBookGrain>(0);
    }

    public IBookGrain Book { get; }

    public bool IsOver => _died.IsCompleted;

    public static async Task<Life> ConnectAsync(NodeProcess node)
    {
        var gateway = await node.Gateway;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            // On a busy machine the first answer of a silo may take longer than a client waits by itself.
            .UseConnectionRetryFilter((_, _) => Task.FromResult(!node.Died.IsCompleted))
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gateway))
            .Configure<Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (ServedNode.Cluster, ServedNode.Cluster)));
        var host = builder.Build();
        await host.StartAsync();
        return new Life(host, node.Died);
    }

    /// <summary>Asks the book.</summary>
    /// <exception cref="NodeDiedException">There is no answer and will be none.</exception>
    /// <exception cref="JournalUnavailableException">The node lives and its journal does not take anything.</exception>
    public async Task<T> AskAsync<T>(Func<IBookGrain, Task<T>> ask)
    {
        var call = AskNowAsync(ask);
        if (await Task.WhenAny(call, _died).WaitAsync(Patience) != call && !call.IsCompletedSuccessfully)
        {
            _ = call.ContinueWith(static failed => failed.Exception, TaskScheduler.Default);
            throw new NodeDiedException();
        }

        try
        {
            return await call;
        }
        catch (Exception fault) when (fault is not JournalUnavailableException)
        {
            // A broken connection is seen before the death of the process; any other fault is none that a node may have.
            await Task.WhenAny(_died, Task.Delay(Patience));
            throw _died.IsCompleted ? new NodeDiedException() : new InvalidOperationException("The node lives and failed.", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The gateway may be dead: nothing is to be said to it.
        await _client.StopAsync(new CancellationToken(canceled: true)).ContinueWith(static _ => { }, TaskScheduler.Default);
        _client.Dispose();
    }

    private async Task<T> AskNowAsync<T>(Func<IBookGrain, Task<T>> ask) => await ask(Book);
}
