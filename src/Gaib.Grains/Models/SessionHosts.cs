using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;

namespace Gaib.Grains.Models;

/// <summary>Has a session's calls answered: by the host whose turn it is, or, when that one is lost, by the next.</summary>
/// <param name="grains">Finds hosts and GPUs.</param>
/// <param name="session">The session.</param>
/// <param name="model">Its model.</param>
internal sealed class SessionHosts(IGrainFactory grains, Hash32 session, ModelView model)
{
    private readonly HashSet<(Address Host, ulong Epoch)> _told = [];

    /// <summary>The answer to a call, and who gave it; NoHost when nobody is left.</summary>
    /// <param name="call">Number of the call.</param>
    /// <param name="rows">Feature bytes, row after row.</param>
    /// <param name="epoch">The running epoch. The host learns of the session before it serves it.</param>
    public async Task<Outcome<HostAnswer>> AskAsync(ulong call, ImmutableArray<byte> rows, ulong epoch)
    {
        var task = new InferTask(model.Shape, model.State.Record.WeightsHash, rows);
        var live = model.Hosts.ToImmutableSortedDictionary(host => host.Gpu, host => host.Host);
        while (true)
        {
            var chosen = HostChoice.Choose(session, call, [.. live.Keys]);
            if (!chosen.Accepted)
            {
                return chosen.Rejection;
            }

            var host = live[chosen.Value];
            await TellAsync(host, epoch);
            var answer = await grains.Get<IGpuGrain>(chosen.Value).Infer(task);
            if (answer.Accepted)
            {
                return new HostAnswer(chosen.Value, host, answer.Value);
            }

            live = live.Remove(chosen.Value);
        }
    }

    /// <summary>Has a host know that it serves this session in an epoch.</summary>
    /// <returns>A task that has ended already when the host knew.</returns>
    public async ValueTask TellAsync(Address host, ulong epoch)
    {
        if (!_told.Contains((host, epoch)))
        {
            await grains.Get<IHostGrain>(host).Serve(session, epoch);
            _told.Add((host, epoch));
        }
    }

    /// <summary>True when a host knows that it serves this session in an epoch.</summary>
    public bool Knows(Address host, ulong epoch) => _told.Contains((host, epoch));
}

/// <summary>What a host answered.</summary>
internal sealed record HostAnswer(Hash32 Gpu, Address Host, ImmutableArray<byte> Output);
