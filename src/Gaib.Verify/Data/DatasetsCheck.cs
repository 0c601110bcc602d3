using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Verify.Money;

namespace Gaib.Verify.Data;

/// <summary>Every dataset is the manifest that its contributor signed, in its place.</summary>
internal static class DatasetsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var signed = data.CommandsOf<Manifest>()
            .ToDictionary(command => Ids.Derive(data.Genesis, "dataset", command.Message.Contributor, command.Message.Nonce));
        var places = data.Jobs.SelectMany(job => job.Datasets.Select((id, order) => (Job: job, Id: id, Order: (ulong)order))).ToArray();
        for (var i = 0; i < places.Length || i < data.Datasets.Length; i++)
        {
            if (i >= places.Length)
            {
                findings.Add(data.Datasets[i].At, "dataset", "a dataset that its job names", data.Datasets[i].Dataset.ToString());
            }
            else if (i >= data.Datasets.Length)
            {
                findings.Add(places[i].Job.At, $"datasets[{places[i].Order}]", "its line in datasets.ndjson", "none");
            }
            else if (findings.Equal(data.Datasets[i].At, "dataset", places[i].Id, data.Datasets[i].Dataset))
            {
                findings.Equal(data.Datasets[i].At, "order", places[i].Order, data.Datasets[i].Order);
                CheckOne(data, data.Datasets[i], signed[places[i].Id], findings);
            }
        }
    }

    private static void CheckOne(ExportData data, DatasetLine dataset, (CommandLine Line, Manifest Message) command, Findings findings)
    {
        var (line, manifest) = command;
        var (at, found) = (dataset.At, dataset.Manifest);
        findings.Equal(at, "job", manifest.Job, dataset.Job);
        findings.Equal(at, "contributor", manifest.Contributor, dataset.Contributor);
        findings.Equal(at, "manifest.root", manifest.Root, found.Root);
        findings.Equal(at, "manifest.chunks", manifest.Chunks, found.Chunks);
        findings.Equal(at, "manifest.bytes", manifest.Bytes, found.Bytes);
        findings.Equal(at, "manifest.licence", manifest.Licence, found.Licence);
        findings.Equal(at, "manifest.validUntil", manifest.ValidUntil, found.ValidUntil);
        findings.Equal(at, "manifest.nonce", manifest.Nonce, found.Nonce);
        findings.Equal(at, "manifest.deadline", manifest.Deadline, found.Deadline);
        findings.Equal(at, "signature", line.Signature, dataset.Signature);
        findings.That(
            dataset.CommittedAt >= line.Time && dataset.CommittedAt <= manifest.Deadline,
            at,
            "committedAt",
            $"{line.Time}, when the book took the manifest, to {manifest.Deadline}",
            dataset.CommittedAt);
    }

    /// <summary>Where datasets stand once valuations are checked.</summary>
    public static void CheckPhases(ExportData data, Findings findings)
    {
        foreach (var dataset in data.Datasets)
        {
            CheckPhase(data, dataset, findings);
        }
    }

    /// <summary>A withdrawal is signed; that a right has ended is noted when somebody asks, so an ended right may not be noted yet.</summary>
    private static void CheckPhase(ExportData data, DatasetLine dataset, Findings findings)
    {
        var withdrawn = data.CommandsOf<DataRightWithdrawal>().Any(command => command.Message.Dataset == dataset.Dataset);
        var valued = data.Valuations.OfType<ValuationHeaderLine>().Any(header => header.Job == dataset.Job);
        var expected = withdrawn ? DatasetPhase.Withdrawn : valued ? DatasetPhase.Valued : DatasetPhase.Committed;
        var last = data.Transfers.Select(transfer => transfer.Time).Concat(data.Commands.Select(command => command.Time)).Max();
        if (dataset.Phase != DatasetPhase.Expired || withdrawn || dataset.Manifest.ValidUntil > last)
        {
            findings.Equal(dataset.At, "phase", expected, dataset.Phase);
        }
    }
}
