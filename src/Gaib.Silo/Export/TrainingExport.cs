using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Training;

namespace Gaib.Silo.Export;

/// <summary>Runs, with the blobs that their replay needs.</summary>
internal static class TrainingExport
{
    public static async Task WriteAsync(ExportSource source, string directory, ExportBlobs blobs)
    {
        using var file = new ExportFile(directory, "runs");
        foreach (var id in source.IdsOf("PostJob", "run"))
        {
            if (await source.Grains.Get<ITrainingRunGrain>(id).GetDetails() is { } details)
            {
                WriteRun(file, details);
                await AddBlobsAsync(details, blobs);
            }
        }
    }

    private static void WriteRun(ExportFile file, RunDetails details) => file.Line(r =>
    {
        var (run, spec) = (details.Run, details.Run.Spec);
        r.Of("run", spec.Run).Of("job", spec.Job).Of("model", spec.Model).Of("datasetsRoot", spec.DatasetsRoot).Of("samples", spec.Samples)
            .Of("initialWeights", spec.InitialWeights).Texts("contributors", spec.Contributors).Numbers("owners", details.Owners)
            .Number("attributionEvery", spec.Rules.AttributionEvery).Number("checkPpm", spec.Rules.CheckPpm)
            .Number("minWorkers", spec.Rules.MinWorkers).Name("phase", run.Phase).Of("weights", run.Weights).Of("momentum", run.Momentum)
            .Why("stoppedFor", run.StoppedFor).Texts("slices", details.Slices)
            .List("workers", run.Workers, (w, worker) => w.Number("slot", worker.Slot).Of("gpu", worker.Gpu).Of("host", worker.Host)
                .Of("lease", worker.Lease).Number("joined", worker.Joined).Number("lastRound", worker.LastRound)
                .Why("leftFor", worker.LeftFor))
            .List("committed", run.Current?.Commitments ?? ImmutableSortedDictionary<int, Hash32>.Empty, (c, row) => c
                .Number("slot", row.Key).Of("commitment", row.Value))
            .List("rounds", run.Closed, WriteRound);
    });

    private static void WriteRound(ExportRow row, ClosedRound round) => row
        .Number("round", round.Round).Flag("attributed", round.Attributed).Number("startedAt", round.StartedAt)
        .Number("closedAt", round.ClosedAt).Of("beacon", round.Beacon)
        .Object("draw", d => d.Numbers("candidates", round.Draw.Candidates).Numbers("reporters", round.Draw.Reporters)
            .List("checks", round.Draw.Checks, (c, check) => c.Number("slot", check.Slot).Numbers("checkers", check.Checkers)))
        .List("slots", round.Slots, (s, slot) => s.Number("slot", slot.Slot).Of("gpu", slot.Gpu).Of("host", slot.Host)
            .Of("lease", slot.Lease).Big("rate", slot.Terms.Rate).Big("pay", slot.Terms.Pay).Big("unreleased", slot.Terms.Unreleased)
            .Of("commitment", slot.Commitment).Of("deltaHash", slot.Revealed.DeltaHash).Of("trace", slot.Revealed.Trace)
            .Name("verdict", slot.Verdict).Flag("summed", slot.Summed).Big("work", slot.Work).Why("leaves", slot.Leaves))
        .List("checks", round.Checks, (c, check) => c.Number("slot", check.Slot).Number("checker", check.Checker)
            .Of("deltaHash", check.Found.DeltaHash).Of("trace", check.Found.Trace).Flag("agreed", check.Agreed))
        .List("reports", round.Reports, (p, report) => p.Number("slot", report.Slot).Of("hash", report.Hash).Flag("agreed", report.Agreed))
        .Of("weights", round.Weights).Of("momentum", round.Momentum).Signed("lossBefore", round.LossBefore).Signed("lossAfter", round.LossAfter)
        .Texts("rawValues", round.RawValues).Texts("attribution", round.Attribution).Signed("unattributed", round.Unattributed)
        .Of("previous", round.Previous).Of("hash", round.Hash);

    private static async Task AddBlobsAsync(RunDetails details, ExportBlobs blobs)
    {
        var (run, spec) = (details.Run, details.Run.Spec);
        await blobs.CopyAsync(spec.Samples);
        await blobs.CopyAsync(spec.InitialWeights);
        foreach (var round in run.Closed)
        {
            await blobs.CopyAsync(round.Weights);
            await blobs.CopyAsync(round.Momentum);
            foreach (var slot in round.Slots)
            {
                await blobs.CopyAsync(slot.Revealed.DeltaHash);
            }
        }

        // The slices of closed rounds were opened to the workers, but they are parts of the round part: they go when it goes.
        foreach (var slice in details.Slices.Where(_ => blobs.IsBurnt(spec.Job, HeldBackKind.Round)))
        {
            await blobs.CopyAsync(slice);
        }
    }
}
