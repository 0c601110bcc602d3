using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Training;

namespace Gaib.Verify.Models;

/// <summary>A model is what its job's run came to, made from the job's datasets.</summary>
internal static class ModelsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var places = data.Jobs.Select(job => Ids.Derive(data.Genesis, "model", job.Developer, job.Nonce)).ToList();
        var last = -1;
        foreach (var model in data.Models)
        {
            var place = places.IndexOf(model.Model);
            if (findings.That(place > last, model.At, "model", "the id of the model of a job, in the order of jobs", model.Model))
            {
                CheckOne(data, place, model, findings);
                last = place;
            }
        }
    }

    private static void CheckOne(ExportData data, int place, ModelLine model, Findings findings)
    {
        var job = data.Jobs[place];
        var run = data.Runs.FirstOrDefault(line => line.Job == job.Job);
        findings.Equal(model.At, "developer", job.Developer, model.Developer);
        findings.Equal(model.At, "job", job.Job, model.Job);
        findings.Equal(model.At, "datasets", string.Join(' ', job.Datasets), string.Join(' ', model.Datasets));
        findings.Equal(model.At, "parents", 0, model.Parents.Length);
        findings.Equal(model.At, "settings", job.Settings.Hash(), model.Settings);
        if (findings.That(run is { Phase: RunPhase.Done }, model.At, "runs", "a finished run of its job", "none"))
        {
            findings.Equal(model.At, "runs", $"{run!.Run}", string.Join(' ', model.Runs));
            findings.Equal(model.At, "weights", run.Weights, model.Weights);
        }

        var record = new ModelRecord(
            model.Model, model.Developer, model.Job, model.Runs, model.Datasets, model.Parents, model.Weights, model.Settings);
        findings.Equal(model.At, "hash", record.Hash(), model.Hash);
    }
}
