using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Training;
using Gaib.Verify.Compute;
using Gaib.Verify.Data;
using Gaib.Verify.Governance;

namespace Gaib.Verify.Training;

/// <summary>Every run trained what its job asked for on what was admitted, and came to what its rounds come to again; leases paid for that.</summary>
internal static class RunsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var leases = new LeaseReplay(data, findings);
        var jobs = JobContents.All(data);
        var places = jobs.Select(job => Ids.Derive(data.Genesis, "run", job.Line.Developer, job.Line.Nonce)).ToList();
        var last = -1;
        foreach (var run in data.Runs)
        {
            var place = places.IndexOf(run.Run);
            if (findings.That(place > last, run.At, "run", "the id of the run of a job, in the order of jobs", run.Run))
            {
                CheckOne(data, jobs[place], run, leases, findings);
                last = place;
            }
        }

        if (!findings.Any)
        {
            leases.Check(data);
        }
    }

    private static void CheckOne(ExportData data, JobContents job, RunLine run, LeaseReplay leases, Findings findings)
    {
        if (!CheckWorkers(run, leases, findings))
        {
            return;
        }

        var startsAt = run.Rounds.Select(round => round.StartedAt)
            .Concat(run.Workers.Select(worker => leases.Find(worker.Lease)!.Terms.OpenedAt)).FirstOrDefault();
        var chosen = RunSamples.Of(data, job, run, startsAt);
        CheckSpec(data, job, run, chosen, findings);
        if (findings.Any)
        {
            return;
        }

        var spec = new RunSpec(
            run.Run, run.Job, run.Model, run.DatasetsRoot, run.Samples, run.InitialWeights, run.Contributors, job.Terms.Settings,
            new RunRules(run.AttributionEvery, run.CheckPpm, run.MinWorkers));
        var numbers = Numbers(data, job, run, spec, chosen, findings);
        if (!findings.Any && run.Workers.Length > 0)
        {
            var gpuClass = leases.Find(run.Workers[0].Lease)!.Terms.Class;
            var market = MarketReplay.Of(data, gpuClass, findings);
            RunReplay.Run(new RunSource(data, run, spec, leases, market, findings) { Numbers = numbers });
        }
    }

    private static bool CheckWorkers(RunLine run, LeaseReplay leases, Findings findings)
    {
        var before = findings.Count;
        for (var i = 0; i < run.Workers.Length; i++)
        {
            var worker = run.Workers[i];
            var terms = leases.Find(worker.Lease)?.Terms;
            if (findings.That(terms is not null && terms.Job == run.Job, run.At, $"workers[{i}].lease", "a lease of the run's job", worker.Lease))
            {
                findings.Equal(run.At, $"workers[{i}].gpu", terms!.Gpu, worker.Gpu);
                findings.Equal(run.At, $"workers[{i}].host", terms.Host, worker.Host);
            }
        }

        return findings.Count == before;
    }

    private static void CheckSpec(ExportData data, JobContents job, RunLine run, RunSamples chosen, Findings findings)
    {
        findings.Equal(run.At, "job", job.Line.Job, run.Job);
        findings.Equal(run.At, "model", Ids.Derive(data.Genesis, "model", job.Line.Developer, job.Line.Nonce), run.Model);
        findings.Equal(run.At, "datasetsRoot", Beacon.CommitmentsRoot(job.Line.Datasets), run.DatasetsRoot);
        findings.Equal(run.At, "contributors", string.Join(' ', chosen.Contributors), string.Join(' ', run.Contributors));
        findings.Equal(run.At, "owners", string.Join(' ', chosen.Owners), string.Join(' ', run.Owners));
        findings.Equal(run.At, "attributionEvery", job.Terms.AttributionEvery, run.AttributionEvery);
        findings.Equal(run.At, "checkPpm", NetworkCheck.ParametersOf(data.Network).CheckSharePpm, run.CheckPpm);
        findings.Equal(run.At, "minWorkers", RunRules.OwnersMin, run.MinWorkers);
        findings.Equal(run.At, "slices", job.Terms.Settings.Rounds, run.Slices.Length);
    }

    /// <summary>What the run's numbers are executed from; null when bytes are missing.</summary>
    private static RunNumbers? Numbers(ExportData data, JobContents job, RunLine run, RunSpec spec, RunSamples chosen, Findings findings)
    {
        var samples = chosen.Read(data, job);
        if (samples is not null)
        {
            findings.Equal(run.At, "samples", Keccak.Hash(SampleBlob.Encode(samples)), run.Samples);
        }
        else if (data.Blobs.Find(run.At, "samples", run.Samples) is { } blob)
        {
            samples = Decode(blob, run, "samples", findings);
        }

        var slices = RunSamples.Slices(data, job);
        for (var i = 0; slices is { } cut && i < cut.Length; i++)
        {
            findings.Equal(run.At, $"slices[{i}]", Keccak.Hash(SampleBlob.Encode(cut[i])), run.Slices[i]);
        }

        if (samples is null || slices is null || samples.Count != chosen.Owners.Length)
        {
            return null;
        }

        var numbers = new RunNumbers(data.Device, data.Blobs, spec, samples, run.Owners, slices.Value);
        findings.Equal(run.At, "initialWeights", numbers.Start(), run.InitialWeights);
        return numbers;
    }

    private static SampleSet? Decode(byte[] blob, RunLine run, string field, Findings findings)
    {
        try
        {
            return SampleBlob.Decode(blob);
        }
        catch (FormatException fault)
        {
            findings.Add(run.At, field, "a blob of samples", fault.Message);
            return null;
        }
    }
}
