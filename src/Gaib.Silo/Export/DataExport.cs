using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Silo.Export;

/// <summary>Beacons, jobs, datasets, chunks, valuations.</summary>
internal static class DataExport
{
    public static async Task WriteBeaconsAsync(ExportSource source, string directory)
    {
        using var file = new ExportFile(directory, "beacons");
        foreach (var (epoch, commitments) in await source.Grains.GetGrain<IBeaconGrain>(0).GetCommitments())
        {
            file.Line(r => r.Number("epoch", (long)epoch.Epoch).Of("preimage", epoch.Preimage).Of("commitmentsRoot", epoch.CommitmentsRoot)
                .Of("beacon", epoch.Value).Texts("commitments", commitments));
        }
    }

    public static async Task WriteAsync(ExportSource source, string directory, ExportBlobs blobs)
    {
        using var jobs = new ExportFile(directory, "jobs");
        using var datasets = new ExportFile(directory, "datasets");
        using var chunks = new ExportFile(directory, "chunks");
        using var valuations = new ExportFile(directory, "valuations");
        foreach (var id in source.IdsOf("PostJob", "job"))
        {
            // Said before anything is shown: a job that was never posted has nothing to show.
            var burnt = await source.Grains.Get<IJobGrain>(id).Burn([.. blobs.Burn]);
            if (!burnt.Accepted)
            {
                continue;
            }

            var job = burnt.Value;

            WriteJob(jobs, job);
            await blobs.AddHeldBackAsync(job);
            var result = job.Valuation.IsZero ? null : source.Valuations.Deserialize(await blobs.ReadAsync(job.Valuation));
            await WriteDatasetsAsync(source, job, result, datasets, chunks, blobs);
            if (result is not null)
            {
                WriteValuation(valuations, job, result);
            }
        }
    }

    private static void WriteJob(ExportFile file, Job job) => file.Line(r =>
    {
        var (terms, settings) = (job.Terms, job.Terms.Settings);
        r.Of("job", job.Id).Of("developer", job.Command.Account).Big("nonce", job.Command.Nonce).Big("budget", job.Command.Budget)
            .Of("termsHash", job.Command.Terms)
            .Object("settings", s => s.Numbers("layers", settings.Shape.Layers).Number("inputScaleLog2", settings.Shape.InputScaleLog2)
                .Number("rounds", settings.Rounds).Number("workerSlots", settings.WorkerSlots).Number("innerSteps", settings.InnerSteps)
                .Number("batch", settings.Batch).Number("innerRatePpm", settings.InnerRatePpm)
                .Number("outerRatePpm", settings.OuterRatePpm).Number("outerMomentumPpm", settings.OuterMomentumPpm))
            .Number("features", terms.Shape.Features).Number("featureMax", terms.Shape.FeatureMax).Number("classes", terms.Shape.Classes)
            .Number("attributionEvery", terms.AttributionEvery).Number("k", terms.K).Number("r", terms.R)
            .Big("bountyPrice", terms.BountyPrice).Number("closesAt", terms.ClosesAt)
            .List("heldBack", terms.HeldBack, (h, part) => h.Name("kind", part.Kind).Of("root", part.Root).Number("count", part.Count)
                .Of("blob", part.Pack).Number("burntFrom", job.Burnt.TryGetValue(part.Kind, out var from) ? (long)from : null))
            .Number("beaconEpoch", (long)job.BeaconEpoch)
            .Texts("datasets", job.Datasets);
    });

    private static async Task WriteDatasetsAsync(
        ExportSource source, Job job, ValuationResult? result, ExportFile datasets, ExportFile chunks, ExportBlobs blobs)
    {
        var projector = new Projector(job.Terms.Shape);
        var row = 0;
        foreach (var id in job.Datasets)
        {
            if (await source.Grains.Get<IDatasetGrain>(id).Get() is not { Dataset.Manifest: { } m } view)
            {
                continue;
            }

            datasets.Line(r => r.Of("dataset", id).Of("job", job.Id).Of("contributor", m.Contributor).Number("order", (long)view.Dataset.Order)
                .Object("manifest", o => o.Of("root", m.Root).Number("chunks", (long)m.Chunks).Number("bytes", (long)m.Bytes)
                    .Text("licence", m.Licence).Number("validUntil", m.ValidUntil).Big("nonce", m.Nonce).Number("deadline", m.Deadline))
                .Of("signature", view.Signature).Number("committedAt", view.Dataset.CommittedAt).Name("phase", view.Dataset.Phase));
            foreach (var chunk in ChunkPack.Decode(await blobs.ReadAsync(view.Pack)))
            {
                var valued = result?.Chunks[row++];
                WriteChunk(chunks, id, m.Contributor, chunk, valued, projector, SampleCodec.Decode(chunk.Bytes.AsSpan(), job.Terms.Shape).Value);
                blobs.Add(chunk.Bytes.AsSpan());
            }
        }
    }

    private static void WriteChunk(
        ExportFile file, Hash32 dataset, Address contributor, Chunk chunk, ChunkValuation? valued, Projector projector, Sample sample)
    {
        var embedding = new sbyte[Projector.Lanes];
        projector.Embed(sample.Features.AsSpan(), embedding);
        file.Line(r => r.Of("dataset", dataset).Of("contributor", contributor).Number("index", (long)chunk.Index).Of("leaf", chunk.Leaf())
            .Of("salt", chunk.Salt).Of("blob", Keccak.Hash(chunk.Bytes.AsSpan())).Number("label", sample.Label)
            .Bytes("embedding", System.Runtime.InteropServices.MemoryMarshal.AsBytes<sbyte>(embedding))
            .Number("cluster", valued?.Cluster).Flag("canonical", valued?.Canonical ?? false).Flag("admitted", valued?.Admitted ?? false));
    }

    private static void WriteValuation(ExportFile file, Job job, ValuationResult result)
    {
        var header = job.Header!;
        file.Line(r => r.Of("job", job.Id).Of("trainRoot", header.TrainRoot).Of("doorRoot", header.DoorRoot).Number("k", header.K)
            .Number("r", header.R).Number("embedder", header.Embedder).Of("beacon", header.Beacon).Number("valuationRule", header.ValuationRule)
            .Big("price", header.Price).Big("budget", header.Budget).Of("hash", result.HeaderHash));
        foreach (var chunk in result.Chunks)
        {
            file.Line(r => r.Of("leaf", chunk.Leaf).Of("contributor", chunk.Contributor).Signed("value", chunk.Value)
                .Signed("doorValue", chunk.DoorValue).Big("bounty", chunk.Bounty));
        }
    }
}
