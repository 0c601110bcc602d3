using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Verify.Governance;

namespace Gaib.Verify.Money;

/// <summary>What the genesis and every command must have moved, by what was signed. Orders are expected where leases are checked.</summary>
internal static class CommandTransfers
{
    public static void Check(ExportData data, Findings findings)
    {
        foreach (var allocation in data.Network.Allocations)
        {
            data.Expected.Add(data.Network.At, AccountId.Issuance, AccountId.Person(allocation.Account), allocation.Amount, data.Genesis);
        }

        var stakes = new Dictionary<Address, UInt128>();
        var stakeMin = NetworkCheck.ParametersOf(data.Network).StakeMin;
        var rest = data.Sessions.ToDictionary(session => session.Session, session => checked(session.Cap - session.Fees));
        foreach (var line in data.Commands)
        {
            var person = AccountId.Person(line.Account);
            switch (line.Message)
            {
                case Pay pay:
                    findings.That(pay.Amount > 0, line.At, "payload.amount", "more than 0", pay.Amount);
                    data.Expected.Add(line.At, person, AccountId.Person(pay.To), new AssetId(pay.Asset), pay.Amount, line.Digest);
                    break;
                case Stake stake:
                    CheckStake(stakes, line, (Int128)stake.Amount, stakeMin, findings);
                    data.Expected.Add(line.At, person, new AccountId(AccountKind.Stake, line.Account), stake.Amount, line.Digest);
                    break;
                case Unstake unstake:
                    CheckStake(stakes, line, -(Int128)unstake.Amount, stakeMin, findings);
                    data.Expected.Add(line.At, new AccountId(AccountKind.Stake, line.Account), person, unstake.Amount, line.Digest);
                    break;
                case PostJob job:
                    data.Expected.Add(line.At, person, AccountId.Of(AccountKind.Bounty, job.JobId(data.Genesis)), job.Budget, line.Digest);
                    break;
                case OpenSession open:
                    var session = Ids.Derive(data.Genesis, "session", open.Account, open.Nonce);
                    data.Expected.Add(line.At, person, AccountId.Of(AccountKind.Session, session), open.Cap, line.Digest);
                    break;
                case CloseSession close:
                    data.Expected.Add(line.At, AccountId.Of(AccountKind.Session, close.Session), person, rest[close.Session], line.Digest);
                    break;
                case Withdraw withdraw:
                    data.Expected.Add(line.At, person, AccountId.Settlement(withdraw.Chain), withdraw.Amount, line.Digest);
                    break;
            }
        }
    }

    private static void CheckStake(Dictionary<Address, UInt128> stakes, CommandLine line, Int128 change, UInt128 least, Findings findings)
    {
        var staked = (Int128)stakes.GetValueOrDefault(line.Account) + change;
        if (findings.That(change != 0 && (staked == 0 || staked >= (Int128)least), line.At, "payload.amount", $"a stake of 0 or at least {least}", staked))
        {
            stakes[line.Account] = (UInt128)staked;
        }
    }
}
