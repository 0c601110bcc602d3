using Gaib.Domain;
using Gaib.Domain.Compute;

namespace Gaib.Verify.Compute;

/// <summary>Where a GPU stands follows from its last lease, and from whether its ask stands in the market.</summary>
internal static class StandingCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        foreach (var one in data.Network.Classes)
        {
            var market = MarketReplay.Of(data, one.Name, findings).Last;
            foreach (var gpu in data.Gpus.Where(gpu => gpu.Class == one.Name))
            {
                CheckOne(data, gpu, market, findings);
            }
        }
    }

    private static void CheckOne(ExportData data, GpuLine gpu, Market market, Findings findings)
    {
        var last = data.Leases.Where(lease => lease.Terms.Gpu == gpu.Gpu).MaxBy(lease => lease.Terms.OpenedAt);
        var slashed = last is { EndReason: Reason.WorkWrong or Reason.DeltaCopied };
        var lost = last is { EndReason: Reason.HostLost } && gpu.From < last.ClosedAt;
        if (slashed || lost)
        {
            findings.Equal(gpu.At, "status", slashed ? GpuStatus.Slashed : GpuStatus.Lost, gpu.Status);
            findings.That(gpu.To >= last!.ClosedAt, gpu.At, "to", $"{last.ClosedAt}, when its lease closed, or later", gpu.To);
            return;
        }

        findings.That(gpu.To is null, gpu.At, "to", "null, for it is attached", gpu.To);
        if (market.Asks.TryGetValue(gpu.Gpu, out var ask))
        {
            findings.Equal(gpu.At, "status", ask.Lease is null ? GpuStatus.Offered : GpuStatus.Leased, gpu.Status);
        }
        else
        {
            findings.That(gpu.Status is GpuStatus.Attached or GpuStatus.Challenged, gpu.At, "status", "attached or challenged", gpu.Status);
        }
    }
}
