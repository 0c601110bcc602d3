using Gaib.Domain;

namespace Gaib.Verify.Compute;

/// <summary>
/// Whether a GPU was lost or found wrong stands in three places: its lease, its worker in the run, and the GPU itself. Where two agree
/// against the lease, the lease is wrong. Everything exact about it is shown by the replay of the run; this only says whose line it is.
/// </summary>
internal static class EndsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var workers = data.Runs.SelectMany(run => run.Workers).ToLookup(worker => worker.Lease);
        var gpus = data.Gpus.ToDictionary(gpu => gpu.Gpu);
        foreach (var gpu in data.Leases.GroupBy(lease => lease.Terms.Gpu))
        {
            var last = gpu.MaxBy(lease => lease.Terms.OpenedAt)!;
            if (workers[last.Terms.Lease].LastOrDefault() is { } worker && gpus.TryGetValue(gpu.Key, out var line))
            {
                var gone = IsGone(worker.LeftFor);
                var agreed = gone == line.To is not null;
                findings.That(
                    !agreed || IsGone(last.EndReason) == gone, last.At, "endReason",
                    gone ? $"{worker.LeftFor}, as its worker and its GPU say" : "one after which the GPU stays", last.EndReason);
            }
        }
    }

    private static bool IsGone(Reason reason) => reason is Reason.HostLost or Reason.WorkWrong or Reason.DeltaCopied;
}
