using Gaib.Domain;

namespace Gaib.Verify.Compute;

/// <summary>
/// Why a lease ended stands with the lease, with its worker in the run, with its last round and, where the GPU went with it, with the GPU.
/// The market hangs on it, and its check comes before that of the runs that ended the leases. So where two of the others agree against the
/// lease, the lease is wrong; everything exact about it is shown by the replay of the run.
/// </summary>
internal static class EndsCheck
{
    /// <summary>Worker and last round against the lease.</summary>
    public static void CheckRounds(ExportData data, Findings findings)
    {
        var left = data.Runs.SelectMany(run => run.Workers).ToLookup(worker => worker.Lease, worker => worker.LeftFor);
        var rows = data.Runs.SelectMany(run => run.Rounds).SelectMany(round => round.Slots);
        var ended = rows.Where(row => row.Leaves != Reason.None).ToLookup(row => row.Lease, row => row.Leaves);
        foreach (var line in data.Leases.Where(line => left[line.Terms.Lease].Any()))
        {
            var reason = ended[line.Terms.Lease].FirstOrDefault();
            if (reason == left[line.Terms.Lease].First())
            {
                var holds = reason == line.EndReason || (reason == Reason.None && !IsFault(line.EndReason));
                findings.That(holds, line.At, "endReason", reason.ToString(), line.EndReason);
            }
        }
    }

    /// <summary>Worker and GPU against the last lease of the GPU; its order among the leases must hold already.</summary>
    public static void CheckGpus(ExportData data, Findings findings)
    {
        var workers = data.Runs.SelectMany(run => run.Workers).ToLookup(worker => worker.Lease);
        var gpus = data.Gpus.ToLookup(gpu => gpu.Gpu);
        foreach (var gpu in data.Leases.GroupBy(lease => lease.Terms.Gpu))
        {
            var last = gpu.MaxBy(lease => lease.Terms.OpenedAt)!;
            if (workers[last.Terms.Lease].LastOrDefault() is { } worker && gpus[gpu.Key].FirstOrDefault() is { } line)
            {
                var gone = IsFault(worker.LeftFor);
                var agreed = gone == line.To is not null;
                findings.That(
                    !agreed || IsFault(last.EndReason) == gone, last.At, "endReason",
                    gone ? $"{worker.LeftFor}, as its worker and its GPU say" : "one after which the GPU stays", last.EndReason);
            }
        }
    }

    private static bool IsFault(Reason reason) => reason is Reason.HostLost or Reason.WorkWrong or Reason.DeltaCopied;
}
