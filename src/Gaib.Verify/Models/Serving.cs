using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Verify.Governance;
using Gaib.Verify.Training;

namespace Gaib.Verify.Models;

/// <summary>What a model is served with: its net, and the GPUs of its last run that were neither found wrong nor lost.</summary>
internal sealed record Serving(ModelLine Model, MlpShape Shape, ImmutableSortedDictionary<Hash32, Address> Hosts)
{
    public static Dictionary<Hash32, Serving> Of(ExportData data)
    {
        var jobs = data.Jobs.ToDictionary(job => job.Job);
        var runs = data.Runs.ToDictionary(run => run.Run);
        return data.Models.ToDictionary(
            model => model.Model,
            model => new Serving(model, jobs[model.Job].Settings.Shape, model.Runs.IsEmpty ? ImmutableSortedDictionary<Hash32, Address>.Empty : HostsOf(runs[model.Runs[^1]])));
    }

    /// <summary>
    /// The GPUs that may execute a drawn receipt again: the first one of every other host, since one that is away or alone with its
    /// answer hands on to the next; or the same GPU where there is no other host.
    /// </summary>
    public ImmutableArray<Hash32> CheckersOf(Address host, Hash32 gpu)
    {
        ImmutableArray<Hash32> others = [.. Hosts.Where(one => one.Value != host).DistinctBy(one => one.Value).Select(one => one.Key)];
        return others.IsEmpty ? [gpu] : others;
    }

    /// <summary>The epoch of inference fees in which a moment lies, counted from the network's start.</summary>
    public static ulong EpochAt(NetworkFile network, long now) =>
        (ulong)long.Max(0, now - network.StartsAt) / NetworkCheck.ParametersOf(network).EpochMs;

    private static ImmutableSortedDictionary<Hash32, Address> HostsOf(RunLine run)
    {
        var hosts = ImmutableSortedDictionary.CreateBuilder<Hash32, Address>();
        foreach (var worker in run.Workers.Where(worker => worker.LeftFor is Reason.None or Reason.LeaseClosed))
        {
            hosts[worker.Gpu] = worker.Host;
        }

        return hosts.ToImmutable();
    }
}
