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
        var (spent, acknowledged, next) = (UInt128.Zero, UInt128.Zero, 0);
        foreach (var receipt in receipts)
        {
            spent = checked(spent + receipt.Receipt.Fee);
            findings.That(spent <= line.Cap, receipt.At, "fee", $"at most the cap {line.Cap} in all", spent);
            findings.That(spent - acknowledged <= line.Window, receipt.At, "fee", $"at most {line.Window} unacknowledged", spent - acknowledged);
            if (next < line.Acks.Length && line.Acks[next].Head == receipt.Receipt.Hash)
            {
                CheckAck(line, next, spent, separator, findings);
                acknowledged = spent;
                next++;
            }
        }

        findings.That(next == line.Acks.Length, line.At, $"acks[{next}].headReceiptHash", "a receipt after that of the one before", "none");
        findings.Equal(line.At, "fees", spent, line.Fees);
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
