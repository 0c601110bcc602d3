using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Training;
using Gaib.Grains.Data;
using Orleans.Serialization;

namespace Gaib.Grains.Training;

/// <summary>Prepares a run: gathers the admitted samples, cuts the round part into slices, and draws the first weights.</summary>
internal static class RunPlan
{
    public static async Task<Outcome<RunKept>> MakeAsync(
        Hash32 id, Job job, ImmutableArray<LeaseTerms> leases, RunServices services)
    {
        var samples = await AdmittedAsync(job, services);
        if (!samples.Accepted)
        {
            return samples.Rejection;
        }

        var (contributors, owners, set) = samples.Value;
        var slices = await SlicesAsync(job, services.Store);
        var weights = await services.Store.PutAsync(services.Device.InitialWeights(job.Terms.Settings.Shape, id));
        var rules = new RunRules(job.Terms.AttributionEvery, services.Network.Parameters.CheckSharePpm, RunRules.OwnersMin);
        var spec = new RunSpec(
            id,
            job.Id,
            Ids.Derive(services.Network.Id, "model", job.Command.Account, job.Command.Nonce),
            Beacon.CommitmentsRoot(job.Datasets),
            await services.Store.PutAsync(SampleBlob.Encode(set)),
            weights,
            contributors,
            job.Terms.Settings,
            rules);
        var workers = leases.Select(terms => new LeasedGpu(terms.Gpu, terms.Host, terms.Lease)).ToImmutableArray();
        var decided = RunRule.Decide(null, new CreateRun(spec, workers), services.Clock.Now);
        return decided.Accepted
            ? new RunKept(decided.Value.Aggregate((TrainingRun?)null, RunFold.Evolve)!, leases[0].Class, owners, slices, 0, null)
            : decided.Rejection;
    }

    /// <summary>The admitted samples in the order of commitment, each with its contributor; people are ordered by address.</summary>
    private static async Task<Outcome<Admitted>> AdmittedAsync(Job job, RunServices services)
    {
        var result = services.Results.Deserialize(await JobData.BlobAsync(services.Store, job.Valuation))!;
        var samples = new List<(Address Contributor, Sample Sample)>();
        var row = 0;
        foreach (var id in job.Datasets)
        {
            if (await services.Grains.Get<IDatasetGrain>(id).Get() is not { } view)
            {
                continue;
            }

            var usable = Dataset.Use(view.Dataset, services.Clock.Now).Accepted;
            foreach (var chunk in await JobData.ChunksAsync(services.Store, view, job.Terms.Shape))
            {
                if (result.Chunks[row++].Admitted && usable)
                {
                    samples.Add((chunk.Contributor, chunk.Sample));
                }
            }
        }

        if (samples.Count == 0)
        {
            return new Rejection(Reason.ContributionEmpty, 1, 0, "admitted samples");
        }

        var contributors = samples.Select(s => s.Contributor).Distinct().Order().ToImmutableArray();
        return new Admitted(
            contributors,
            [.. samples.Select(s => contributors.BinarySearch(s.Contributor))],
            SetOf([.. samples.Select(s => s.Sample)], job.Terms.Shape));
    }

    private static async Task<ImmutableArray<Hash32>> SlicesAsync(Job job, IChunkStore store)
    {
        var round = await JobData.SamplesAsync(store, job.Terms.HeldBack[1].Pack, job.Terms.Shape);
        var rounds = job.Terms.Settings.Rounds;
        var slices = ImmutableArray.CreateBuilder<Hash32>(rounds);
        foreach (var slice in RoundSlices.Cut(round.Select(sample => checked((byte)sample.Label)).ToArray(), rounds))
        {
            slices.Add(await store.PutAsync(SampleBlob.Encode(SetOf([.. slice.Select(i => round[i])], job.Terms.Shape))));
        }

        return slices.DrainToImmutable();
    }

    private static SampleSet SetOf(ImmutableArray<Sample> samples, DataShape shape) => new(
        shape.Features,
        samples.SelectMany(sample => sample.Features).ToArray(),
        samples.Select(sample => checked((byte)sample.Label)).ToArray());

    private sealed record Admitted(ImmutableArray<Address> Contributors, ImmutableArray<int> Owners, SampleSet Samples);
}

/// <summary>What a run's grain works with.</summary>
internal sealed record RunServices(
    IGrainFactory Grains, Network Network, IChunkStore Store, IClock Clock, IDevice Device, Serializer<ValuationResult> Results);
