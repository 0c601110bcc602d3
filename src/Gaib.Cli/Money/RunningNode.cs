using Gaib.Abstractions.Money;
using Gaib.Silo;
using Gaib.Silo.Backup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Gaib.Cli.Money;

/// <summary>Asks the node that runs on a data directory of this machine.</summary>
internal static class RunningNode
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Has the node take a backup of itself, and waits until it is done.</summary>
    /// <exception cref="IOException">The node does not answer, or the backup failed; the message says why.</exception>
    public static async Task BackupAsync(string directory, string target, Action<ulong> onBytes, CancellationToken cancellationToken)
    {
        var gateway = NodeGateway.Find(directory)
            ?? throw new IOException($"{directory} is in use by a process that takes no orders yet. Try again in a moment, or stop it first.");
        using var host = Build(gateway);
        try
        {
            await host.StartAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new IOException($"{directory} is in use by a process that does not answer at port {gateway.Port}. Try again, or stop it first.", fault);
        }

        try
        {
            var node = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IBackupGrain>(0);
            await node.Start(gateway.Secret, target);
            var progress = await node.Get();
            for (; !progress.Ended && progress.Target == target; progress = await node.Get())
            {
                onBytes((ulong)progress.Bytes);
                await Task.Delay(AskEvery, cancellationToken);
            }

            if (progress.Fault is { } fault)
            {
                throw new IOException(fault);
            }
        }
        catch (Exception gone) when (gone is OrleansException or TimeoutException)
        {
            throw new IOException($"The node of {directory} does not answer any more; the backup did not end. Start it again and take another.", gone);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static IHost Build(NodeGateway gateway)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseStaticClustering(gateway.Address)
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (GaibNode.Service, GaibNode.Service)));
        return builder.Build();
    }
}
