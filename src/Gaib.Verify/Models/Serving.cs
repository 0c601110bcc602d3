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

    /// <summary>The GPU that executes a drawn receipt again: the first one of another host, or the same where there is none.</summary>
    public Hash32 CheckerOf(Address host, Hash32 gpu) =>
        Hosts.Where(one => one.Value != host).Select(one => (Hash32?)one.Key).FirstOrDefault() ?? gpu;

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
