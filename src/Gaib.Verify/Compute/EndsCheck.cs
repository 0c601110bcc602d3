using Gaib.Domain;
using Gaib.Domain.Compute;

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
            var (reason, worker) = (ended[line.Terms.Lease].FirstOrDefault(), left[line.Terms.Lease].First());
            if (reason == worker)
            {
                var holds = reason == line.EndReason || (reason == Reason.None && !IsFault(line.EndReason));
                findings.That(holds, line.At, "endReason", reason.ToString(), line.EndReason);
            }
            else if (reason == Reason.None && line.EndReason != Between(worker) && Refunded(data, line, Between(worker)))
            {
                findings.Add(line.At, "endReason", $"{Between(worker)}, as its worker and its refund say", line.EndReason.ToString());
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

    /// <summary>Why a lease ended whose worker left between two rounds.</summary>
    private static Reason Between(Reason worker) => worker == Reason.LeaseClosed ? Reason.None : worker;

    /// <summary>True when the cause of the lease's refund names this reason, and not the one that stands with the lease.</summary>
    private static bool Refunded(ExportData data, LeaseLine line, Reason reason)
    {
        var cause = LeasePayments.RefundCause(line.Terms.Lease, reason, line.Forfeited, line.Refunded);
        return data.Transfers.Any(transfer => transfer.Cause == cause);
    }

    private static bool IsFault(Reason reason) => reason is Reason.HostLost or Reason.WorkWrong or Reason.DeltaCopied;
}
