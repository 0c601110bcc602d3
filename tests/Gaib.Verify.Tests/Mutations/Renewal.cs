using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Models;
using Gaib.Domain.Settlement;
using Gaib.Domain.Training;
using Gaib.Evm;
using Gaib.Verify.Compute;
using Gaib.Verify.Data;
using Gaib.Verify.Governance;
using Gaib.Verify.Models;
using Gaib.Verify.Money;
using Gaib.Verify.Reading;
using Gaib.Verify.Settlement;
using Gaib.Verify.Training;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>
/// Makes a forger's second step: every hash that follows from what was changed is made anew, wherever it stands, until nothing changes
/// any more; and the operator signs its vouchers again.
/// </summary>
internal sealed class Renewal
{
    private const int PassesMax = 12;

    private readonly ExportText _text;
    private Dictionary<string, Hash32> _causes;
    private bool _changed;

    private Renewal(ExportText text, ExportText original) => (_text, _causes) = (text, CausesOf(original));

    /// <summary>Renews a changed export; the original says which hashes its causes had.</summary>
    public static void Renew(ExportText text, ExportText original)
    {
        var renewal = new Renewal(text, original);
        for (var pass = 0; pass == 0 || (renewal._changed && pass < PassesMax); pass++)
        {
            renewal._changed = false;
            renewal.Pass();
        }

        renewal.SignVouchers();
    }

    private void Pass()
    {
        Each("network", NetworkFile.Read, n => (n.GenesisHash, Try(() => NetworkCheck.GenesisOf(n).Hash(), n.GenesisHash)), from: 0);
        Each("chunks", ChunkLine.Read, c => (c.Leaf, MerkleTree.Leaf(c.Index, c.Salt, _text.Blob(c.Blob))));
        RenewManifests();
        RenewCommands();
        RenewCauses();
        RenewBeacons();
        Each("valuations", ValuationLine.Read, v => v is ValuationHeaderLine h
            ? (h.Hash, new ValuationHeader(h.TrainRoot, h.DoorRoot, h.K, h.R, h.Embedder, h.Beacon, h.ValuationRule, h.Price, h.Budget).Hash())
            : default);
        RenewRounds();
        Each("models", ModelLine.Read, m => (m.Hash, new ModelRecord(m.Model, m.Developer, m.Job, m.Runs, m.Datasets, m.Parents, m.Weights, m.Settings).Hash()));
        Each("prices", PriceLine.Read, p => (p.Price, PriceRecord.IdOf(p.Model, p.UnitPrice, p.HostUnitFee, p.FromSequence)));
        Each("receipts", ReceiptLine.Read, r => (r.Receipt.InputHash, Keccak.Hash(r.Input.AsSpan())));
        Each("receipts", ReceiptLine.Read, r => (r.Receipt.OutputHash, Keccak.Hash(r.Output.AsSpan())));
        Each("receipts", ReceiptLine.Read, r => (r.Hash, r.Receipt.Hash));
        RenewHostRoots();
        RenewCauses();
        Each("roots", RootLine.Read, r => (r.Root, Try(() => SettlementTree.Build(Token, r.Slots.AsSpan()).Root, r.Root)));
    }

    private Address Token => Line("network", 0, NetworkFile.Read)!.VerifyingContract;

    private void RenewManifests()
    {
        var leaves = Lines("chunks", ChunkLine.Read).ToLookup(c => c.Line.Dataset, c => c.Line.Leaf);
        Each("datasets", DatasetLine.Read, d => (d.Manifest.Root, MerkleTree.Root([.. leaves[d.Dataset]])));
        var all = Lines("datasets", DatasetLine.Read).ToLookup(d => d.Line.Job, d => d.Line.Dataset);
        Each("valuations", ValuationLine.Read, v => v is ValuationHeaderLine h
            ? (h.TrainRoot, MerkleTree.Root([.. all[h.Job].SelectMany(dataset => leaves[dataset])]))
            : default);
        Each("jobs", JobLine.Read, j => (j.TermsHash, Try(() => JobContents.TermsOf(j).Hash(), j.TermsHash)));
    }

    private void RenewCommands()
    {
        var network = Line("network", 0, NetworkFile.Read)!;
        var separator = GaibDomains.Commands(network.ChainId, network.GenesisHash).Separator;
        Each("commands", CommandLine.Read, c => (c.Digest, c.Message is null ? c.Digest : Eip712.Digest(separator, c.Message.StructHash())));
    }

    private void RenewBeacons()
    {
        foreach (var (i, beacon) in Lines("beacons", BeaconLine.Read).ToArray())
        {
            var row = _text.Object("beacons.ndjson", i);
            row["commitments"] = new JsonArray([.. beacon.Commitments.Distinct().Order().Select(c => (JsonNode)c.ToString())]);
            _text.Set("beacons.ndjson", i, row);
            Rename(beacon.CommitmentsRoot, Beacon.CommitmentsRoot(beacon.Commitments.Distinct()));
            var renewed = Line("beacons", i, BeaconLine.Read)!;
            Rename(renewed.Beacon, Beacon.Next(renewed.Preimage, renewed.CommitmentsRoot));
        }
    }

    private void RenewRounds()
    {
        for (var round = 0; ; round++)
        {
            var lines = Lines("runs", RunLine.Read).Where(run => round < run.Line.Rounds.Length).ToArray();
            foreach (var (i, _) in lines)
            {
                var run = Line("runs", i, RunLine.Read)!;
                if (run.Rounds[round].ToClosed(run.At, "", new Findings()) is { } closed)
                {
                    Rename(closed.Hash, RoundHash.Of(run.Run, closed));
                }
            }

            if (lines.Length == 0)
            {
                return;
            }
        }
    }

    private void RenewHostRoots()
    {
        var network = Line("network", 0, NetworkFile.Read)!;
        if (network.Parameters.Length == 1 && NetworkCheck.ParametersOf(network).EpochMs > 0)
        {
            var receipts = Lines("receipts", ReceiptLine.Read).ToLookup(r => (r.Line.Receipt.Host, Serving.EpochAt(network, r.Line.Receipt.At)), r => r.Line.Hash);
            Each("hostEpochs", HostEpochLine.Read, e => (e.Root, e.Count == 0 ? e.Root : HostEpochCommitment.RootOf(receipts[(e.Host, e.Epoch)])));
        }
    }

    private void RenewCauses()
    {
        var now = CausesOf(_text);
        foreach (var (key, hash) in now)
        {
            if (_causes.TryGetValue(key, out var before))
            {
                Rename(before, hash);
            }
        }

        _causes = now;
    }

    /// <summary>Hashes that stand in other files only: what was committed to a beacon, and what caused a payment.</summary>
    private static Dictionary<string, Hash32> CausesOf(ExportText text)
    {
        var causes = new Dictionary<string, Hash32>();
        foreach (var (i, e) in Lines(text, "hostEpochs", HostEpochLine.Read))
        {
            causes[$"host {i}"] = new HostEpochCommitment(e.Host, e.Epoch, e.Root, e.Count, e.Held).Hash();
        }

        foreach (var (i, lease) in Lines(text, "leases", LeaseLine.Read))
        {
            var id = lease.Terms.Lease;
            causes[$"lease {i}"] = LeasePayments.RefundCause(id, lease.EndReason, lease.Forfeited, lease.Refunded);
            for (var round = 0; round < lease.Rounds.Length; round++)
            {
                causes[$"lease {i} round {round}"] = LeasePayments.RoundCause(id, lease.Rounds[round]);
            }
        }

        foreach (var (i, run) in Lines(text, "runs", RunLine.Read))
        {
            for (var round = 0; round < run.Rounds.Length; round++)
            {
                var commitments = run.Rounds[round].Slots.Where(slot => !slot.Commitment.IsZero).GroupBy(slot => slot.Slot)
                    .ToImmutableSortedDictionary(slot => slot.Key, slot => slot.First().Commitment);
                causes[$"run {i} round {round}"] = RoundRule.CommitmentsRoot(run.Run, run.Rounds[round].Round, commitments);
            }
        }

        var manifests = Lines(text, "commands", CommandLine.Read).Select(c => c.Line.Message).OfType<Manifest>().GroupBy(m => m.Job);
        foreach (var job in manifests)
        {
            causes[$"job {job.Key}"] = Beacon.CommitmentsRoot(job.Select(manifest => manifest.StructHash()));
        }

        return causes;
    }

    /// <summary>Vouchers whose content is another now get the signatures of the demo's settlers.</summary>
    private void SignVouchers()
    {
        foreach (var (i, line) in Lines("settlements", VoucherLine.Read).ToArray())
        {
            var voucher = new SettlementVoucher(line.Account, line.Token, line.Cumulative, line.Epoch, line.Deadline);
            var digest = Eip712.Digest(GaibDomains.Settlement(line.Chain, Token), voucher);
            var row = _text.Object("settlements.ndjson", i);
            row["signatures"] = new JsonArray([.. DemoKeys.Settlers.Select(key => (JsonNode)key.Sign(digest).ToString())]);
            _text.Set("settlements.ndjson", i, row);
        }
    }

    private void Each<T>(string name, Func<JsonLine, T> read, Func<T, (Hash32 Before, Hash32 After)> hash, int from = 1)
        where T : class
    {
        for (var i = from; i < _text[FileOf(name)].Count; i++)
        {
            if (Line(name, i, read) is { } line && hash(line) is var (before, after))
            {
                Rename(before, after);
            }
        }
    }

    private void Rename(Hash32 before, Hash32 after)
    {
        if (before != after && !before.IsZero)
        {
            _text.Replace(before.ToString(), after.ToString());
            _changed = true;
        }
    }

    private IEnumerable<(int Index, T Line)> Lines<T>(string name, Func<JsonLine, T> read)
        where T : class => Lines(_text, name, read);

    private T? Line<T>(string name, int index, Func<JsonLine, T> read)
        where T : class => Line(_text, name, index, read);

    private static IEnumerable<(int Index, T Line)> Lines<T>(ExportText text, string name, Func<JsonLine, T> read)
        where T : class =>
        Enumerable.Range(1, text[FileOf(name)].Count - 1).Select(i => (i, Line(text, name, i, read)!)).Where(line => line.Item2 is not null);

    private static T? Line<T>(ExportText text, string name, int index, Func<JsonLine, T> read)
        where T : class
    {
        var bytes = Encoding.UTF8.GetBytes(text[FileOf(name)][index]);
        return JsonLine.Read(bytes, new LineAt(FileOf(name), index + 1), new Findings(), line =>
        {
            if (name == "network")
            {
                _ = (line.Text("file"), line.UInt32("version"));
            }

            return read(line);
        });
    }

    private static string FileOf(string name) => name == "network" ? "network.json" : name + ".ndjson";

    private static Hash32 Try(Func<Hash32> hash, Hash32 otherwise)
    {
        try
        {
            return hash();
        }
        catch (Exception fault) when (fault is OverflowException or FormatException or KeyNotFoundException or IndexOutOfRangeException
            or ArgumentException)
        {
            // What can't be hashed any more keeps its hash; the verifier will say so.
            return otherwise;
        }
    }
}
