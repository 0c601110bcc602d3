using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Evm;

namespace Gaib.Verify.Settlement;

/// <summary>
/// Every withdrawal got one voucher over all that the account had withdrawn to that chain by then, signed by enough settlers.
/// </summary>
internal static class SettlementsCheck
{
    private const long ValidSeconds = 365L * 24 * 3600;

    public static void Check(ExportData data, Findings findings)
    {
        var withdrawals = data.Transfers.Where(t => t.Credit.Kind == AccountKind.Settlement).ToLookup(t => t.Debit);
        var expected = withdrawals.OrderBy(group => group.Key).Sum(group => group.Count());
        if (!findings.Equal(new LineAt("settlements.ndjson", 0), "", expected, data.Vouchers.Length))
        {
            return;
        }

        var totals = new Dictionary<(Address Account, ulong Chain), Total>();
        var account = Address.Zero;
        foreach (var line in data.Vouchers)
        {
            findings.That(line.Account >= account, line.At, "account", "ascending accounts", line.Account);
            account = line.Account;
            if (!totals.TryGetValue((line.Account, line.Chain), out var total))
            {
                totals[(line.Account, line.Chain)] = total = new Total();
            }

            var toChain = withdrawals[AccountId.Person(line.Account)].Where(t => t.Credit == AccountId.Settlement(line.Chain));
            if (findings.That(toChain.Skip(total.Count).FirstOrDefault() is { } t, line.At, "chain", "a withdrawal of the account to the chain", line.Chain))
            {
                CheckVoucher(data, line, total, toChain.Skip(total.Count).First(), findings);
            }
        }
    }

    private static void CheckVoucher(ExportData data, VoucherLine line, Total total, Money.TransferLine withdrawal, Findings findings)
    {
        total.Count++;
        total.Cumulative = checked(total.Cumulative + withdrawal.Amount);
        findings.Equal(line.At, "token", data.Network.VerifyingContract, line.Token);
        findings.Equal(line.At, "cumulative", total.Cumulative, line.Cumulative);
        findings.That(line.Epoch >= total.Epoch, line.At, "epoch", $"at least {total.Epoch}", line.Epoch);
        var deadline = (ulong)((withdrawal.Time / 1_000) + ValidSeconds);
        findings.That(line.Deadline >= deadline, line.At, "deadline", $"at least {deadline}", line.Deadline);
        total.Epoch = line.Epoch;
        CheckSignatures(data, line, findings);
    }

    private static void CheckSignatures(ExportData data, VoucherLine line, Findings findings)
    {
        var voucher = new SettlementVoucher(line.Account, line.Token, line.Cumulative, line.Epoch, line.Deadline);
        var digest = Eip712.Digest(GaibDomains.Settlement(line.Chain, data.Network.VerifyingContract), voucher);
        var last = Address.Zero;
        for (var i = 0; i < line.Signatures.Length; i++)
        {
            var recovered = EcdsaRecovery.TryRecover(digest, line.Signatures[i], out var signer);
            findings.That(recovered && data.Network.Settlers.Contains(signer), line.At, $"signatures[{i}]", "one by a settler", recovered ? signer : "none that is valid");
            findings.That(signer > last, line.At, $"signatures[{i}]", "ascending signers", signer);
            last = signer;
        }

        findings.That(
            line.Signatures.Length >= data.Network.SettlerThreshold, line.At, "signatures", $"at least {data.Network.SettlerThreshold}", line.Signatures.Length);
    }

    private sealed class Total
    {
        public int Count { get; set; }

        public UInt128 Cumulative { get; set; }

        public ulong Epoch { get; set; } = 1;
    }
}
