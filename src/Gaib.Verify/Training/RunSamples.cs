using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Training;
using Gaib.Verify.Data;

namespace Gaib.Verify.Training;

/// <summary>What a run trains on, chosen again: the admitted chunks of the datasets that it could use, in commit order.</summary>
/// <param name="Contributors">Whose they are, by address.</param>
/// <param name="Owners">For each sample the index of its contributor.</param>
/// <param name="Chunks">For each sample its place among all chunks of the job.</param>
internal sealed record RunSamples(ImmutableArray<Address> Contributors, ImmutableArray<int> Owners, ImmutableArray<int> Chunks)
{
    /// <summary>
    /// The choice that fits a run. A right that was withdrawn counts from the moment at which the run was made, and an export does not
    /// say whether a withdrawal between its leases and its first round was before that: both are tried.
    /// </summary>
    public static RunSamples Of(ExportData data, JobContents job, RunLine run, long startedAt)
    {
        var ids = job.Parts.Select(part => part.Dataset.Dataset).ToHashSet();
        var withdrawn = data.CommandsOf<DataRightWithdrawal>().Where(command => ids.Contains(command.Message.Dataset)).ToArray();
        var surely = withdrawn.Count(command => command.Line.Time < startedAt);
        var choices = Enumerable.Range(0, withdrawn.Length + 1).OrderByDescending(count => count == surely)
            .Select(count => Choose(job, withdrawn.Take(count).Select(command => command.Message.Dataset).ToHashSet(), startedAt)).ToArray();
        return choices.FirstOrDefault(choice => choice.Owners.SequenceEqual(run.Owners) && choice.Contributors.SequenceEqual(run.Contributors))
            ?? choices[0];
    }

    /// <summary>The samples as devices take them; null when bytes are missing, which is then noted.</summary>
    public SampleSet? Read(ExportData data, JobContents job) =>
        job.TrySamples(data, out var samples) ? SetOf(Chunks.Select(chunk => samples[chunk]), job.Terms.Shape) : null;

    /// <summary>The slices of the round part, one a round; null when its pack is missing, which is then noted.</summary>
    public static ImmutableArray<SampleSet>? Slices(ExportData data, JobContents job)
    {
        if (!job.TryHeldBack(data, HeldBackKind.Round, out var samples))
        {
            return null;
        }

        var labels = samples.Select(sample => checked((byte)sample.Label)).ToArray();
        return [.. RoundSlices.Cut(labels, job.Terms.Settings.Rounds).Select(slice => SetOf(slice.Select(i => samples[i]), job.Terms.Shape))];
    }

    private static RunSamples Choose(JobContents job, HashSet<Hash32> withdrawn, long startedAt)
    {
        var chosen = new List<(int Chunk, Address Contributor)>();
        var place = 0;
        foreach (var (dataset, chunks) in job.Parts)
        {
            var usable = dataset.Manifest.ValidUntil > startedAt && !withdrawn.Contains(dataset.Dataset);
            foreach (var chunk in chunks)
            {
                if (usable && chunk.Admitted)
                {
                    chosen.Add((place, chunk.Contributor));
                }

                place++;
            }
        }

        var contributors = chosen.Select(row => row.Contributor).Distinct().Order().ToImmutableArray();
        return new RunSamples(
            contributors, [.. chosen.Select(row => contributors.BinarySearch(row.Contributor))], [.. chosen.Select(row => row.Chunk)]);
    }

    private static SampleSet SetOf(IEnumerable<Sample> samples, DataShape shape)
    {
        var rows = samples.ToArray();
        return new SampleSet(
            shape.Features, rows.SelectMany(sample => sample.Features).ToArray(), rows.Select(sample => checked((byte)sample.Label)).ToArray());
    }
}
