using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Verify.Money;

namespace Gaib.Verify.Data;

/// <summary>Every job is what its developer signed, and its held-back parts are what was committed.</summary>
internal static class JobsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var posts = data.CommandsOf<PostJob>().ToArray();
        for (var i = 0; i < data.Jobs.Length || i < posts.Length; i++)
        {
            if (i >= data.Jobs.Length)
            {
                findings.Add(posts[i].Line.At, "", "a job", "none");
            }
            else if (i >= posts.Length)
            {
                findings.Add(data.Jobs[i].At, "job", "a signed PostJob", "none");
            }
            else
            {
                CheckSigned(data, posts[i].Line, posts[i].Message, data.Jobs[i], findings);
            }
        }

        foreach (var job in JobContents.All(data).Where(_ => !findings.Any))
        {
            CheckDatasets(data, job, findings);
            CheckBeaconEpoch(data, job, findings);
            for (var i = 0; i < job.Line.HeldBack.Length; i++)
            {
                CheckPack(data, job, i, findings);
                var from = job.Line.HeldBack[i].BurntFrom;
                findings.That(
                    from is null || (from >= 0 && from <= job.Line.Datasets.Length), job.Line.At, $"heldBack[{i}].burntFrom",
                    $"0 to {job.Line.Datasets.Length}, the job's contributions", from);
            }
        }
    }

    private static void CheckSigned(ExportData data, CommandLine command, PostJob post, JobLine job, Findings findings)
    {
        findings.Equal(job.At, "job", post.JobId(data.Genesis), job.Job);
        findings.Equal(job.At, "developer", post.Account, job.Developer);
        findings.Equal(job.At, "nonce", post.Nonce, job.Nonce);
        findings.Equal(job.At, "budget", post.Budget, job.Budget);
        findings.Equal(job.At, "termsHash", post.Terms, job.TermsHash);
        findings.That(command.Time < job.ClosesAt, job.At, "closesAt", $"above {command.Time}", job.ClosesAt);
        if (job.Settings.Validate() is { } wrong)
        {
            findings.Add(job.At, "settings", "what the rule accepts", wrong.ToString());
            return;
        }

        var terms = JobContents.TermsOf(job);
        findings.Equal(job.At, "termsHash", terms.Hash(), job.TermsHash);
        if (terms.Check() is { } rejection)
        {
            findings.Add(job.At, rejection.Subject, "what the rule accepts", rejection.ToString());
        }
    }

    /// <summary>The datasets are the signed manifests of the job in the order of the book, all signed before it closed.</summary>
    private static void CheckDatasets(ExportData data, JobContents job, Findings findings)
    {
        var manifests = data.CommandsOf<Manifest>().Where(command => command.Message.Job == job.Line.Job).ToArray();
        for (var i = 0; i < manifests.Length; i++)
        {
            var (command, manifest) = manifests[i];
            var id = Ids.Derive(data.Genesis, "dataset", manifest.Contributor, manifest.Nonce);
            var listed = i < job.Line.Datasets.Length ? job.Line.Datasets[i] : Hash32.Zero;
            findings.Equal(job.Line.At, $"datasets[{i}]", id, listed);
            findings.That(command.Time < job.Terms.ClosesAt, command.At, "at", $"below {job.Terms.ClosesAt}, when the job closes", command.Time);
        }

        findings.Equal(job.Line.At, "datasets", manifests.Length, job.Line.Datasets.Length);
    }

    /// <summary>The beacon of a closed job was drawn over all its manifests.</summary>
    private static void CheckBeaconEpoch(ExportData data, JobContents job, Findings findings)
    {
        if (job.Header is null && job.Line.BeaconEpoch == 0)
        {
            return;
        }

        var root = Beacon.CommitmentsRoot(data.CommandsOf<Manifest>()
            .Where(command => command.Message.Job == job.Line.Job).Select(command => command.Message.StructHash()));
        var epoch = data.Beacons.FirstOrDefault(beacon => beacon.Epoch == job.Line.BeaconEpoch);
        findings.That(
            epoch is not null && epoch.Commitments.Contains(root),
            job.Line.At,
            "beaconEpoch",
            $"the epoch that holds {root}, the root of the job's manifests",
            job.Line.BeaconEpoch);
    }

    private static void CheckPack(ExportData data, JobContents job, int part, Findings findings)
    {
        var held = job.Line.HeldBack[part];
        if (data.Blobs.Find(job.Line.At, $"heldBack[{part}].blob", held.Blob, bytes => RootOf(bytes) == held.Root) is not { } pack)
        {
            return;
        }

        try
        {
            var chunks = ChunkPack.Decode(pack);
            findings.Equal(job.Line.At, $"heldBack[{part}].count", chunks.Length, held.Count);
            findings.Equal(job.Line.At, $"heldBack[{part}].root", MerkleTree.Root(chunks.Select(chunk => chunk.Leaf()).ToArray()), held.Root);
            foreach (var chunk in chunks)
            {
                if (SampleCodec.Decode(chunk.Bytes.AsSpan(), job.Terms.Shape) is { Accepted: false } refused)
                {
                    findings.Add(job.Line.At, $"heldBack[{part}].blob", $"a canonical sample in chunk {chunk.Index}", refused.Rejection.ToString());
                }
            }
        }
        catch (FormatException fault)
        {
            findings.Add(job.Line.At, $"heldBack[{part}].blob", "a pack of chunks", fault.Message);
        }
    }

    /// <summary>The root of a pack's chunks; null for bytes that are no pack.</summary>
    private static Hash32? RootOf(byte[] bytes)
    {
        try
        {
            return MerkleTree.Root(ChunkPack.Decode(bytes).Select(chunk => chunk.Leaf()).ToArray());
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
