using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Training;

namespace Gaib.Verify.Models;

/// <summary>
/// Receipts chain within their session, were answered by a GPU that serves the model, cost what the session's price says, and their fee
/// went to treasury, host and pool.
/// </summary>
internal static class ReceiptsCheck
{
    private const ulong Million = 1_000_000;

    public static void Check(ExportData data, Findings findings)
    {
        var servings = Serving.Of(data);
        var prices = data.Prices.ToDictionary(price => price.Price);
        var ppm = Governance.NetworkCheck.ParametersOf(data.Network).ProtocolFeePpm;
        var next = 0;
        foreach (var session in data.Sessions)
        {
            var chain = new Chain(session, prices[session.Price], servings[session.Model], ppm);
            for (; next < data.Receipts.Length && data.Receipts[next].Receipt.Session == session.Session; next++)
            {
                CheckReceipt(data, chain, data.Receipts[next], findings);
            }

            findings.Equal(session.At, "feeRemainder", (ulong)chain.Remainder, session.FeeRemainder);
        }

        if (next < data.Receipts.Length)
        {
            findings.Add(data.Receipts[next].At, "session", "the sessions in their order", data.Receipts[next].Receipt.Session.ToString());
        }
    }

    private static void CheckReceipt(ExportData data, Chain chain, ReceiptLine line, Findings findings)
    {
        var (at, receipt) = (line.At, line.Receipt);
        findings.Equal(at, "seq", chain.Seq + 1, receipt.Seq);
        findings.Equal(at, "previous", chain.Head, receipt.Previous);
        findings.Equal(at, "hash", HashOf(receipt), line.Hash);
        findings.Equal(at, "model", chain.Session.Model, receipt.Model);
        findings.Equal(at, "price", chain.Session.Price, receipt.Price);
        findings.That(receipt.At >= chain.Time && receipt.At < chain.Session.Expiry, at, "at", $"from {chain.Time} to the session's expiry", receipt.At);
        CheckWork(chain.Serving, line, findings);
        CheckFee(data, chain, line, findings);
        (chain.Seq, chain.Head, chain.Time) = (receipt.Seq, line.Hash, receipt.At);
    }

    private static void CheckWork(Serving serving, ReceiptLine line, Findings findings)
    {
        var (at, receipt, shape) = (line.At, line.Receipt, serving.Shape);
        findings.That(receipt.Units is > 0 and <= FeeRule.UnitsLimit, at, "units", $"1 to {FeeRule.UnitsLimit}", receipt.Units);
        findings.Equal(at, "input", (long)receipt.Units * shape.Features, line.Input.Length);
        findings.Equal(at, "output", (long)receipt.Units * Prediction.RowBytes(shape.Classes), line.Output.Length);
        findings.Equal(at, "inputHash", Keccak.Hash(line.Input.AsSpan()), receipt.InputHash);
        findings.Equal(at, "outputHash", Keccak.Hash(line.Output.AsSpan()), receipt.OutputHash);
        findings.Equal(at, "weights", serving.Model.Weights, receipt.Weights);

        // Which of them is not fixed: each that does not answer hands on to another, and by that any of them can be the one that did.
        if (findings.That(serving.Hosts.TryGetValue(receipt.Gpu, out var host), at, "gpu", "a GPU that serves the model", receipt.Gpu))
        {
            findings.Equal(at, "host", host, receipt.Host);
        }
    }

    private static void CheckFee(ExportData data, Chain chain, ReceiptLine line, Findings findings)
    {
        var (at, receipt, price) = (line.At, line.Receipt, chain.Price);
        var fee = (BigInteger)price.UnitPrice * receipt.Units;
        var protocol = BigInteger.DivRem((fee * chain.ProtocolFeePpm) + chain.Remainder, Million, out var remainder);
        var host = (BigInteger)price.HostUnitFee * receipt.Units;
        chain.Remainder = remainder;
        findings.Equal(at, "fee", fee, (BigInteger)receipt.Fee);
        findings.Equal(at, "protocol", protocol, (BigInteger)line.Protocol);
        findings.Equal(at, "hostFee", host, (BigInteger)line.HostFee);
        findings.Equal(at, "fed", fee - protocol - host, (BigInteger)line.Fed);
        var session = AccountId.Of(AccountKind.Session, receipt.Session);
        var held = HeldFees.Account(receipt.Host, Serving.EpochAt(data.Network, receipt.At));
        (AccountId To, UInt128 Amount)[] parts =
            [(AccountId.Treasury, line.Protocol), (held, line.HostFee), (AccountId.Of(AccountKind.Pool, receipt.Model), line.Fed)];
        parts = [.. parts.Where(part => part.Amount > 0)];
        for (var i = 0; i < parts.Length; i++)
        {
            data.Expected.Add(at, session, parts[i].To, parts[i].Amount, line.Hash, linked: i < parts.Length - 1, notBefore: receipt.At);
        }
    }

    private static Hash32 HashOf(Receipt r) => new AbiWriter(14)
        .UInt(Receipt.RecordVersion).Hash(r.Session).UInt(r.Seq).Hash(r.Model).Hash(r.Price).UInt(r.Units).UInt(r.Fee).Hash(r.Gpu)
        .Address(r.Host).Hash(r.Weights).Hash(r.InputHash).Hash(r.OutputHash).Int(r.At).Hash(r.Previous).Hash();

    private sealed class Chain(SessionLine session, PriceLine price, Serving serving, uint protocolFeePpm)
    {
        public SessionLine Session => session;

        public PriceLine Price => price;

        public Serving Serving => serving;

        public uint ProtocolFeePpm => protocolFeePpm;

        public ulong Seq { get; set; }

        public Hash32 Head { get; set; }

        public long Time { get; set; } = long.MinValue;

        public BigInteger Remainder { get; set; }
    }
}
