using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;

namespace Gaib.Verify.Models;

/// <summary>
/// A host's fees of an epoch were held until the beacon drew from what the host had committed to; each drawn answer was executed again
/// on another GPU, and the fees went where the verdict says.
/// </summary>
internal static class HostEpochsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var parameters = Governance.NetworkCheck.ParametersOf(data.Network);
        var servings = Serving.Of(data);
        var payers = data.Sessions.ToDictionary(session => session.Session, session => session.Payer);
        var receipts = data.Receipts.ToLookup(line => (line.Receipt.Host, Epoch: Serving.EpochAt(data.Network, line.Receipt.At)));
        var seen = new HashSet<(Address, ulong)>();
        foreach (var line in data.HostEpochs)
        {
            findings.That(seen.Add((line.Host, line.Epoch)), line.At, "epoch", "one that the host has not closed", line.Epoch);
            findings.That(
                line.Epoch < Serving.EpochAt(data.Network, data.Network.ExportedAt), line.At, "epoch", "one that is over", line.Epoch);
            var served = receipts[(line.Host, line.Epoch)].ToArray();
            if (CheckCommitment(data, line, served, findings) is { } commitment)
            {
                var beacon = data.Beacons[(int)line.BeaconEpoch].Beacon;
                var drawn = served.Where(r => ReceiptDraw.IsDrawn(beacon, r.Hash, parameters.ReceiptSampleOneIn)).OrderBy(r => r.Hash).ToArray();
                CheckDraw(data, line, drawn, servings, findings);
                CheckPayments(line, commitment, drawn, payers, findings);
                Expect(data, line, commitment);
            }
        }
    }

    /// <summary>What a host commits to for an epoch, from the receipts themselves.</summary>
    public static HostEpochCommitment CommitmentOf(Address host, ulong epoch, IReadOnlyCollection<ReceiptLine> served)
    {
        var words = served.Select(r => r.Hash).Order().Aggregate(new AbiWriter(served.Count), (w, hash) => w.Hash(hash));
        var held = served.Aggregate(UInt128.Zero, (sum, r) => checked(sum + r.HostFee));
        return new HostEpochCommitment(host, epoch, words.Hash(), (uint)served.Count, held);
    }

    private static HostEpochCommitment? CheckCommitment(ExportData data, HostEpochLine line, ReceiptLine[] served, Findings findings)
    {
        var at = line.At;
        var expected = CommitmentOf(line.Host, line.Epoch, served);
        var right = findings.Equal(at, "root", expected.Root, line.Root)
            & findings.Equal(at, "count", expected.Count, line.Count)
            & findings.Equal(at, "held", expected.Held, line.Held);
        var commitment = new HostEpochCommitment(line.Host, line.Epoch, line.Root, line.Count, line.Held);
        return findings.That(line.BeaconEpoch < (ulong)data.Beacons.Length, at, "beaconEpoch", "an epoch of beacons.ndjson", line.BeaconEpoch)
            && findings.That(
                data.Beacons[(int)line.BeaconEpoch].Commitments.Contains(commitment.Hash()), at, "beaconEpoch",
                $"the epoch in which {commitment.Hash()} was committed", line.BeaconEpoch)
            && right ? commitment : null;
    }

    private static void CheckDraw(
        ExportData data, HostEpochLine line, ReceiptLine[] drawn, Dictionary<Hash32, Serving> servings, Findings findings)
    {
        var at = line.At;
        findings.That(drawn.Select(r => r.Hash).SequenceEqual(line.Drawn), at, "drawn", $"{drawn.Length} receipts by the beacon, ascending", line.Drawn.Length);
        if (!findings.Equal(at, "checks", drawn.Length, line.Checks.Length))
        {
            return;
        }

        for (var i = 0; i < drawn.Length; i++)
        {
            var (receipt, check) = (drawn[i].Receipt, line.Checks[i]);
            findings.Equal(at, $"checks[{i}].receipt", drawn[i].Hash, check.Receipt);
            var checkers = servings[receipt.Model].CheckersOf(receipt.Host, receipt.Gpu);
            findings.That(checkers.Contains(check.Gpu), at, $"checks[{i}].gpu", string.Join(" or ", checkers), check.Gpu);
            if (data.Answers.TryGetValue(drawn[i].Hash, out var answer))
            {
                findings.Equal(at, $"checks[{i}].outputHash", answer, check.OutputHash);
            }
        }

        var wrong = drawn.Where((r, i) => r.Receipt.OutputHash != line.Checks[i].OutputHash).Select(r => r.Hash);
        findings.That(wrong.SequenceEqual(line.Wrong), at, "wrong", "the drawn receipts whose check differs", line.Wrong.Length);
    }

    /// <summary>All of it to the host; or, after a wrong answer, the callers' fees back as far as it goes, and the rest to the treasury.</summary>
    private static void CheckPayments(
        HostEpochLine line, HostEpochCommitment commitment, ReceiptLine[] drawn, Dictionary<Hash32, Address> payers, Findings findings)
    {
        var expected = new List<HeldPaymentLine>();
        var wrong = drawn.Where(r => line.Wrong.Contains(r.Hash)).ToArray();
        if (wrong.Length == 0)
        {
            expected.Add(new HeldPaymentLine(HeldFeeKind.Release, AccountId.Person(line.Host), commitment.Held, Hash32.Zero));
        }
        else
        {
            var refunds = RefundsOf(wrong, commitment.Held);
            expected.AddRange(wrong.Select((r, i) => new HeldPaymentLine(
                HeldFeeKind.Refund, AccountId.Person(payers[r.Receipt.Session]), refunds[i], r.Hash)));
            var left = refunds.Aggregate(commitment.Held, (sum, refund) => checked(sum - refund));
            expected.Add(new HeldPaymentLine(HeldFeeKind.Forfeit, AccountId.Treasury, left, Hash32.Zero));
        }

        expected.RemoveAll(payment => payment.Amount == 0);
        findings.Equal(line.At, "payments", expected.Count, line.Payments.Length);
        for (var i = 0; i < int.Min(expected.Count, line.Payments.Length); i++)
        {
            findings.Equal(line.At, $"payments[{i}]", expected[i], line.Payments[i]);
        }
    }

    private static UInt128[] RefundsOf(ReceiptLine[] wrong, UInt128 held)
    {
        var asked = wrong.Select(r => r.Receipt.Fee).ToImmutableArray();
        return asked.Aggregate(UInt128.Zero, (sum, fee) => checked(sum + fee)) > held ? LargestRemainder.Split(held, asked.AsSpan()) : [.. asked];
    }

    /// <summary>An epoch is closed after it has ended.</summary>
    private static void Expect(ExportData data, HostEpochLine line, HostEpochCommitment commitment)
    {
        var ends = data.Network.StartsAt + (((Int128)line.Epoch + 1) * Governance.NetworkCheck.ParametersOf(data.Network).EpochMs);
        foreach (var payment in line.Payments)
        {
            data.Expected.Add(line.At, HeldFees.Account(line.Host, line.Epoch), payment.To, payment.Amount, commitment.Hash(), notBefore: (long)Int128.Min(ends, long.MaxValue));
        }
    }
}
