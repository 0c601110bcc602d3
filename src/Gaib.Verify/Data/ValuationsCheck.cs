using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Money;

namespace Gaib.Verify.Data;

/// <summary>
/// The valuation at the door, made again from the bytes of the chunks and of the door part; without them at least what bounties follow
/// from the door values.
/// </summary>
internal static class ValuationsCheck
{
    /// <summary>Every valuation begins with its header, which names a job, and no job has two.</summary>
    public static void CheckJobs(ExportData data, Findings findings)
    {
        if (data.Valuations is [ValuationChunkLine first, ..])
        {
            findings.Add(first.At, "", "a valuation's header", "a chunk");
        }

        var open = data.Jobs.Select(job => job.Job).ToHashSet();
        foreach (var header in data.Valuations.OfType<ValuationHeaderLine>())
        {
            findings.That(open.Remove(header.Job), header.At, "job", "a job, once", header.Job);
        }
    }

    public static void Check(ExportData data, Findings findings)
    {
        foreach (var (header, values) in JobContents.ByHeader(data.Valuations))
        {
            var job = JobContents.All(data).Single(contents => contents.Header == header);
            CheckHeader(data, job, header, findings);
            if (CheckRows(job, values, findings) && !findings.Any)
            {
                Replay(data, job, header, findings);
                CheckAdmitted(job, findings);
                CheckBounties(data, job, header, findings);
            }
        }

        foreach (var job in JobContents.All(data).Where(job => job.Header is null && !findings.Any))
        {
            // Without its header a valuation could be left out whole, and with it what the contributors earned.
            var paid = data.Transfers.FirstOrDefault(transfer => transfer.Debit == AccountId.Of(AccountKind.Bounty, job.Line.Job));
            findings.That(paid is null, job.Line.At, "", "a valuation, for it paid bounties", "none");
            foreach (var chunk in job.Chunks)
            {
                findings.Equal(chunk.At, "cluster", ChunkLine.NoCluster, chunk.Cluster);
                findings.Equal(chunk.At, "canonical", false, chunk.Canonical);
                findings.Equal(chunk.At, "admitted", false, chunk.Admitted);
            }
        }
    }

    private static ValuationHeader Recomputed(ExportData data, JobContents job) => new(
        MerkleTree.Root(job.Chunks.Select(chunk => chunk.Leaf).ToArray()),
        job.Terms.HeldBack[0].Root,
        job.Terms.K,
        job.Terms.R,
        Projector.RuleVersion,
        data.Beacons.First(beacon => beacon.Epoch == job.Line.BeaconEpoch).Beacon,
        KnnShapley.RuleVersion,
        job.Terms.BountyPrice,
        job.Line.Budget);

    private static void CheckHeader(ExportData data, JobContents job, ValuationHeaderLine line, Findings findings)
    {
        var expected = Recomputed(data, job);
        findings.Equal(line.At, "trainRoot", expected.TrainRoot, line.TrainRoot);
        findings.Equal(line.At, "doorRoot", expected.DoorRoot, line.DoorRoot);
        findings.Equal(line.At, "k", expected.K, line.K);
        findings.Equal(line.At, "r", expected.R, line.R);
        findings.Equal(line.At, "embedder", expected.Embedder, line.Embedder);
        findings.Equal(line.At, "beacon", expected.Beacon, line.Beacon);
        findings.Equal(line.At, "valuationRule", expected.ValuationRule, line.ValuationRule);
        findings.Equal(line.At, "price", expected.Price, line.Price);
        findings.Equal(line.At, "budget", expected.Budget, line.Budget);
        findings.Equal(line.At, "hash", expected.Hash(), line.Hash);
    }

    private static bool CheckRows(JobContents job, ImmutableArray<ValuationChunkLine> values, Findings findings)
    {
        for (var i = 0; i < values.Length && i < job.Chunks.Length; i++)
        {
            findings.Equal(values[i].At, "leaf", job.Chunks[i].Leaf, values[i].Leaf);
            findings.Equal(values[i].At, "contributor", job.Chunks[i].Contributor, values[i].Contributor);
            findings.That(Fits(values[i].Value), values[i].At, "value", "a number of 64 bits", values[i].Value);
            findings.That(Fits(values[i].DoorValue), values[i].At, "doorValue", "a number of 64 bits", values[i].DoorValue);
        }

        return findings.Equal(job.Header!.At, "", $"{job.Chunks.Length} chunks", $"{values.Length} chunks");
    }

    private static bool Fits(Int128 value) => value >= long.MinValue && value <= long.MaxValue;

    private static void Replay(ExportData data, JobContents job, ValuationHeaderLine header, Findings findings)
    {
        if (!job.TrySamples(data, out var samples)
            || !job.TryHeldBack(data, HeldBackKind.Door, out var door)
            || !job.TryRevealed(data, out var revealed))
        {
            return;
        }

        var order = job.Parts.SelectMany(part => part.Chunks.Select(chunk => (part.Dataset.Order, chunk)));
        var chunks = order.Select((row, i) => new CommittedChunk(row.chunk.Contributor, row.Order, row.chunk.Index, row.chunk.Leaf, samples[i]));
        var input = new ValuationInput(Recomputed(data, job), job.Terms.Shape, SimilarityRule.For(job.Terms.Shape), [.. chunks], door, revealed);
        var result = Valuation.Run(input);
        if (!result.Accepted)
        {
            findings.Add(header.At, "", "what the valuation accepts", result.Rejection.ToString());
            return;
        }

        for (var i = 0; i < samples.Length; i++)
        {
            findings.Equal(job.Values[i].At, "value", result.Value.Chunks[i].Value, job.Values[i].Value);
            findings.Equal(job.Values[i].At, "doorValue", result.Value.Chunks[i].DoorValue, job.Values[i].DoorValue);
        }
    }

    private static void CheckAdmitted(JobContents job, Findings findings)
    {
        for (var i = 0; i < job.Chunks.Length && !findings.Any; i++)
        {
            findings.Equal(job.Chunks[i].At, "admitted", job.Values[i].DoorValue > 0, job.Chunks[i].Admitted);
        }
    }

    /// <summary>Bounties follow from door values, and from bounties what the job's account pays.</summary>
    private static void CheckBounties(ExportData data, JobContents job, ValuationHeaderLine header, Findings findings)
    {
        var doorValues = job.Values.Select(row => (long)row.DoorValue).ToArray();
        var bounties = Bounty.Split(doorValues, job.Terms.HeldBack[0].Count, header.Price, header.Budget);
        var left = header.Budget;
        for (var i = 0; i < bounties.Length; i++)
        {
            findings.Equal(job.Values[i].At, "bounty", bounties[i], job.Values[i].Bounty);
            left -= bounties[i];
        }

        var account = AccountId.Of(AccountKind.Bounty, job.Line.Job);
        var at = 0;
        foreach (var (dataset, chunks) in job.Parts)
        {
            var sum = bounties.AsSpan(at, chunks.Length).ToArray().Aggregate(UInt128.Zero, (total, bounty) => total + bounty);
            data.Expected.Add(header.At, account, AccountId.Person(dataset.Contributor), sum, header.Hash, notBefore: job.Terms.ClosesAt);
            at += chunks.Length;
        }

        data.Expected.Add(header.At, account, AccountId.Person(job.Line.Developer), left, header.Hash, notBefore: job.Terms.ClosesAt);
    }
}
