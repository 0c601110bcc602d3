using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Verify.Settlement;

namespace Gaib.Verify.Money;

/// <summary>
/// The transfers are exactly those that the decisions make, none could overdraw when it was made, and none leaves a person's account
/// without that person's command.
/// </summary>
internal static class TransfersCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        TransferForm.Check(data, findings);
        CommandTransfers.Check(data, findings);
        if (findings.Any)
        {
            return;
        }

        data.Ledger = new Ledger(data.Assets);
        var policies = new PolicyWithdrawals(data);
        var signers = data.Commands.ToDictionary(line => line.Digest, line => line.Account);
        foreach (var t in data.Transfers)
        {
            if (!CheckOne(data, t, policies, signers, findings))
            {
                // Every later balance hangs on this one.
                return;
            }

            data.Ledger.Apply(t);
            policies.Apply(t, data.Ledger);
        }

        foreach (var (source, movement) in data.Expected.Left)
        {
            findings.Add(new LineAt("transfers.ndjson", 0), "", $"{movement}, by {source}", "no such transfer");
        }

        CheckPlaces(data, findings);
    }

    private static bool CheckOne(
        ExportData data, TransferLine t, PolicyWithdrawals policies, Dictionary<Hash32, Address> signers, Findings findings)
    {
        var refused = policies.Owns(t) ? policies.Refuses(t) : null;
        if ((refused ?? data.Ledger.Refuses(t)) is { } wrong)
        {
            findings.Add(t.At, wrong.Field, wrong.Expected, ValueOf(t, wrong.Field));
            return false;
        }

        if (t.Debit.Kind == AccountKind.Person
            && !findings.That(signers.TryGetValue(t.Cause, out var signer) && signer == t.Debit.Key, t.At, "cause", $"a command by {t.Debit}", t.Cause))
        {
            return false;
        }

        // A collect and a policy's withdrawal were decided by the ledger's own state, which has just been compared.
        var decided = policies.Owns(t) || (t.Debit.Kind == AccountKind.Pool && t.Asset == AssetId.Gaib);
        var movement = new Movement(t.Debit, t.Credit, t.Asset, t.Amount, t.Cause, t.Linked);
        if (decided)
        {
            return findings.Equal(t.At, "phase", TransferPhase.Single, t.Phase) & findings.Equal(t.At, "linked", false, t.Linked);
        }

        var notBefore = long.MinValue;
        return findings.Equal(t.At, "phase", TransferPhase.Single, t.Phase)
            && findings.That(data.Expected.TryTake(movement, out notBefore), t.At, "", "a transfer that some decision makes", movement)
            && findings.That(t.Time >= notBefore, t.At, "at", $"at least {notBefore}", t.Time);
    }

    /// <summary>A command's transfers follow it at once, but for what pools pay in between, and carry its time.</summary>
    private static void CheckPlaces(ExportData data, Findings findings)
    {
        var byCause = data.Transfers.Where(t => TransferForm.WriterOf(t) == TransferForm.CommandWriter).ToLookup(t => t.Cause);
        var placed = 0;
        foreach (var line in data.Commands)
        {
            var next = line.Seq;
            foreach (var t in byCause[line.Digest])
            {
                for (; next < t.Seq && TransferForm.WriterOf(data.Transfers[(int)next - 1]) == TransferForm.PoolWriter; next++)
                {
                }

                findings.Equal(t.At, "seq", next++, t.Seq);
                findings.Equal(t.At, "at", line.Time, t.Time);
                placed++;
            }
        }

        var all = data.Transfers.Count(t => TransferForm.WriterOf(t) == TransferForm.CommandWriter);
        findings.Equal(new LineAt("transfers.ndjson", 0), "id", placed, all);
    }

    private static string ValueOf(TransferLine t, string field) => field switch
    {
        "debit" => t.Debit.ToString(),
        "credit" => t.Credit.ToString(),
        "asset" => t.Asset.ToString(),
        "amount" => $"{t.Amount}",
        "phase" => t.Phase.ToString(),
        "of" => $"{t.Of}",
        "at" => $"{t.Time}",
        _ => t.Cause.ToString(),
    };
}
