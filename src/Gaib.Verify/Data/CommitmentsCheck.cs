using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Models;
using Gaib.Domain.Training;
using Gaib.Verify.Models;

namespace Gaib.Verify.Data;

/// <summary>
/// Every commitment of a beacon's epoch is one that something in the export made. Who knows the preimages could else put hashes beside
/// the true ones until the beacon draws what suits them.
/// </summary>
internal static class CommitmentsCheck
{
    // What an operator states can't make the check run for ever.
    private const ulong EmptyEpochsMax = 1 << 24;

    public static void Check(ExportData data, Findings findings)
    {
        var explained = Explained(data, findings);
        var empty = new Lazy<HashSet<Hash32>>(() => EmptyEpochs(data));
        var evidence = data.Gpus.SelectMany(gpu => gpu.Evidence).ToArray();
        var (opening, judging) = (evidence.Select(one => one.OpenedWith).ToHashSet(), evidence.Select(one => one.CheckBeacon).ToHashSet());
        var seen = new HashSet<Hash32>();
        foreach (var line in data.Beacons)
        {
            // What opens a challenge is the operator's free choice, and stands alone: nothing but the challenge's seed hangs on its beacon.
            var opens = opening.Contains(line.Beacon) && !judging.Contains(line.Beacon) && line.Commitments.Length <= 1;
            findings.That(opens || !line.Commitments.IsEmpty, line.At, "commitments", "at least one", 0);
            for (var i = 0; i < line.Commitments.Length; i++)
            {
                var (commitment, field) = (line.Commitments[i], $"commitments[{i}]");
                findings.That(seen.Add(commitment), line.At, field, "one that stands in no epoch before", commitment);
                findings.That(
                    opens || explained.Contains(commitment) || empty.Value.Contains(commitment), line.At, field,
                    "what a job, a GPU's answer, a round or a host's epoch committed", commitment);
            }
        }
    }

    private static HashSet<Hash32> Explained(ExportData data, Findings findings)
    {
        var manifests = data.CommandsOf<Manifest>().ToLookup(command => command.Message.Job, command => command.Message.StructHash());
        var explained = data.Jobs.Select(job => Beacon.CommitmentsRoot(manifests[job.Job])).ToHashSet();
        explained.UnionWith(data.Gpus.SelectMany(gpu => gpu.Evidence).Select(one => one.ResultHash).Where(hash => !hash.IsZero));
        foreach (var run in data.Runs)
        {
            var underWay = run.Phase is RunPhase.Training or RunPhase.Revealing or RunPhase.Checking;
            findings.That(underWay || run.Committed.IsEmpty, run.At, "committed", "nothing, for no round is under way", run.Committed.Length);
            explained.UnionWith(run.Rounds.Select(round => RootOf(run.Run, round.Round, round.Slots.Select(slot => (slot.Slot, slot.Commitment)))));
            explained.Add(RootOf(run.Run, run.Rounds.Length, run.Committed.Select(slot => (slot.Slot, slot.Commitment))));
        }

        // Also of epochs without a line: a host commits before anybody can know whether all that is drawn will be executed again.
        foreach (var served in data.Receipts.GroupBy(line => (line.Receipt.Host, Epoch: Serving.EpochAt(data.Network, line.Receipt.At))))
        {
            explained.Add(HostEpochsCheck.CommitmentOf(served.Key.Host, served.Key.Epoch, [.. served]).Hash());
        }

        explained.UnionWith(data.HostEpochs.Select(line => new HostEpochCommitment(line.Host, line.Epoch, line.Root, line.Count, line.Held).Hash()));
        return explained;
    }

    private static Hash32 RootOf(Hash32 run, int round, IEnumerable<(int Slot, Hash32 Commitment)> slots) => RoundRule.CommitmentsRoot(
        run, round, slots.Where(slot => !slot.Commitment.IsZero).DistinctBy(slot => slot.Slot).ToDictionary(slot => slot.Slot, slot => slot.Commitment));

    /// <summary>Epochs that are over and in which a host answered nothing: one that was committed and stopped there has no line.</summary>
    private static HashSet<Hash32> EmptyEpochs(ExportData data)
    {
        var hosts = data.Gpus.Select(gpu => gpu.Host).Distinct().ToArray();
        var epochs = ulong.Min(Serving.EpochAt(data.Network, data.Network.ExportedAt), EmptyEpochsMax / (ulong)int.Max(1, hosts.Length));
        var empty = new HashSet<Hash32>();
        for (var epoch = 0UL; epoch < epochs; epoch++)
        {
            empty.UnionWith(hosts.Select(host => HostEpochsCheck.CommitmentOf(host, epoch, []).Hash()));
        }

        return empty;
    }
}
