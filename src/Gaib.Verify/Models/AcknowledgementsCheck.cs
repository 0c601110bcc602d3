using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Evm;

namespace Gaib.Verify.Models;

/// <summary>
/// A session's key acknowledged what the receipts say; the session cost no more than its cap, and never ran ahead of its window.
/// </summary>
internal static class AcknowledgementsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var receipts = data.Receipts.ToLookup(line => line.Receipt.Session);
        var separator = GaibDomains.Commands(data.Network.ChainId, data.Genesis).Separator;
        foreach (var line in data.Sessions)
        {
            CheckSession(line, [.. receipts[line.Session]], separator, findings);
        }
    }

    /// <summary>Each acknowledgement was made at the receipt that it names, over all that was spent up to it.</summary>
    private static void CheckSession(SessionLine line, ReceiptLine[] receipts, Hash32 separator, Findings findings)
    {
        var (spent, next) = (UInt128.Zero, 0);
        var acknowledged = new UInt128[receipts.Length];
        for (var i = 0; i < receipts.Length; i++)
        {
            acknowledged[i] = next == 0 ? 0 : line.Acks[next - 1].Cumulative;
            spent = checked(spent + receipts[i].Receipt.Fee);
            if (next < line.Acks.Length && line.Acks[next].Head == receipts[i].Hash)
            {
                CheckAck(line, next++, spent, separator, findings);
            }
        }

        findings.That(next == line.Acks.Length, line.At, $"acks[{next}].headReceiptHash", "a receipt after that of the one before", "none");
        findings.Equal(line.At, "fees", spent, line.Fees);
        if (!findings.Any)
        {
            CheckLimits(line, receipts, acknowledged, findings);
        }
    }

    private static void CheckLimits(SessionLine line, ReceiptLine[] receipts, UInt128[] acknowledged, Findings findings)
    {
        var spent = UInt128.Zero;
        for (var i = 0; i < receipts.Length; i++)
        {
            spent += receipts[i].Receipt.Fee;
            findings.That(spent <= line.Cap, receipts[i].At, "fee", $"at most the cap {line.Cap} in all", spent);
            findings.That(spent - acknowledged[i] <= line.Window, receipts[i].At, "fee", $"at most {line.Window} unacknowledged", spent - acknowledged[i]);
        }
    }

    private static void CheckAck(SessionLine line, int index, UInt128 spent, Hash32 separator, Findings findings)
    {
        var ack = line.Acks[index];
        findings.Equal(line.At, $"acks[{index}].cumulative", spent, ack.Cumulative);
        var digest = Eip712.Digest(separator, new Acknowledge(line.Session, ack.Cumulative, ack.Head).StructHash());
        var recovered = EcdsaRecovery.TryRecover(digest, ack.Signature, out var signer);
        findings.That(recovered && signer == line.Key, line.At, $"acks[{index}].signature", $"one by {line.Key}", recovered ? signer : "none that is valid");
    }
}
