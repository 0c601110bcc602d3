using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Evm;

namespace Gaib.Verify.Money;

/// <summary>Every command was signed by the account that it binds, once, and in time.</summary>
internal static class CommandsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var separator = GaibDomains.Commands(data.Network.ChainId, data.Genesis).Separator;
        var nonces = new HashSet<(Address, UInt128)>();
        var (seq, time) = (1UL, data.Network.StartsAt);
        foreach (var line in data.Commands)
        {
            if (!CheckMessage(line, findings))
            {
                continue;
            }

            CheckSignature(line, separator, findings);
            var at = line.At;
            findings.That(nonces.Add((line.Account, line.Nonce)), at, "nonce", "one that the account has not used", line.Nonce);
            findings.That(line.Time <= line.Deadline, at, "at", $"at most the deadline {line.Deadline}", line.Time);
            findings.That(line.Seq >= seq, at, "seq", $"at least {seq}", line.Seq);
            findings.That(line.Time >= time, at, "at", $"at least {time}", line.Time);
            (seq, time) = (line.Seq, line.Time);
        }

        if (!findings.Any)
        {
            CheckTimes(data, findings);
        }
    }

    private static bool CheckMessage(CommandLine line, Findings findings)
    {
        var at = line.At;
        if (!findings.That(CommandTypes.IsKnown(line.Type), at, "type", "a known command", line.Type)
            || !findings.Equal(at, "typeString", CommandTypes.TypeString(line.Type), line.TypeString)
            || !findings.That(line.Message is ICommand, at, "payload", "the members of " + line.TypeString, "something else"))
        {
            return false;
        }

        var command = (ICommand)line.Message!;
        findings.Equal(at, "account", command.Account, line.Account);
        findings.Equal(at, "nonce", command.Nonce, line.Nonce);
        findings.Equal(at, "deadline", command.Deadline, line.Deadline);
        return true;
    }

    private static void CheckSignature(CommandLine line, Hash32 separator, Findings findings)
    {
        var digest = Eip712.Digest(separator, line.Message!.StructHash());
        findings.Equal(line.At, "digest", digest, line.Digest);
        var recovered = EcdsaRecovery.TryRecover(digest, line.Signature, out var signer);
        findings.That(recovered && signer == line.Account, line.At, "signature", $"one by {line.Account}", recovered ? signer : "none that is valid");
        findings.Equal(line.At, "signer", line.Account, line.Signer);
    }

    /// <summary>A command was taken between the transfers that it stands between.</summary>
    private static void CheckTimes(ExportData data, Findings findings)
    {
        foreach (var line in data.Commands)
        {
            var count = (ulong)data.Transfers.Length;
            if (findings.That(line.Seq <= count + 1, line.At, "seq", $"at most {count + 1}", line.Seq))
            {
                var after = line.Seq >= 2 ? data.Transfers[(int)line.Seq - 2].Time : long.MinValue;
                var before = line.Seq <= count ? data.Transfers[(int)line.Seq - 1].Time : long.MaxValue;
                findings.That(line.Time >= after && line.Time <= before, line.At, "at", $"between those of transfers {line.Seq - 1} and {line.Seq}", line.Time);
            }
        }
    }
}
