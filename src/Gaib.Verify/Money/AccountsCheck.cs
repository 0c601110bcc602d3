using System.Numerics;
using Gaib.Domain.Money;

namespace Gaib.Verify.Money;

/// <summary>Accounts are the fold of the transfers, debits equal credits, and only issuance is below zero.</summary>
internal static class AccountsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var expected = data.Ledger.Balances.ToArray();
        for (var i = 0; i < int.Min(expected.Length, data.Accounts.Length); i++)
        {
            var (line, key, balances) = (data.Accounts[i], expected[i].Key, expected[i].Value);
            findings.Equal(line.At, "account", key.Account, line.Account);
            findings.Equal(line.At, "kind", key.Account.Kind, line.Kind);
            findings.Equal(line.At, "asset", key.Asset, line.Asset);
            findings.Equal(line.At, "debits", balances.Debits, (BigInteger)line.Debits);
            findings.Equal(line.At, "credits", balances.Credits, (BigInteger)line.Credits);
            findings.Equal(line.At, "pendingDebits", balances.PendingDebits, (BigInteger)line.PendingDebits);
            findings.Equal(line.At, "pendingCredits", balances.PendingCredits, (BigInteger)line.PendingCredits);
            findings.That(key.Account.Kind == AccountKind.Issuance || balances.Available >= 0, line.At, "debits", "no overdraft", line.Debits);
        }

        var file = new LineAt("accounts.ndjson", 0);
        findings.Equal(file, "", expected.Length, data.Accounts.Length);
        foreach (var asset in data.Accounts.GroupBy(line => line.Asset))
        {
            var (debits, credits) = (BigInteger.Zero, BigInteger.Zero);
            foreach (var line in asset)
            {
                debits += line.Debits;
                credits += line.Credits;
            }

            findings.Equal(file, $"{asset.Key}", debits, credits);
        }
    }
}
