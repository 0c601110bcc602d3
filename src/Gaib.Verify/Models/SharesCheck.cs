using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Verify.Governance;

namespace Gaib.Verify.Models;

/// <summary>Shares at issue follow from attribution, verified work and stakes, exactly.</summary>
internal static class SharesCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var at = 0;
        foreach (var model in data.Models)
        {
            var issue = Issue(data, model, findings);
            if (issue is null)
            {
                return;
            }

            foreach (var expected in Rows(issue))
            {
                if (at >= data.Shares.Length)
                {
                    findings.Add(model.At, "", $"a line in shares.ndjson for {expected.Account}", "none");
                    return;
                }

                findings.Equal(data.Shares[at].At, "model", model.Model, data.Shares[at].Model);
                Compare(data.Shares[at++], expected, findings);
            }

            Expect(data, model, issue);
        }

        foreach (var line in data.Shares.Skip(at))
        {
            findings.Add(line.At, "", "no more lines", line.Account.ToString());
        }
    }

    private static SharesIssued? Issue(ExportData data, ModelLine model, Findings findings)
    {
        var issued = data.Transfers.FirstOrDefault(transfer => transfer.Debit == AccountId.Issuance && transfer.Cause == model.Model);
        if (issued is null)
        {
            findings.Add(model.At, "", "transfers that issue its shares", "none");
            return null;
        }

        var inputs = new ShareIssueInputs(
            model.Model, model.Developer, model.Parents, Attribution(data, model), Work(data, model), Stakes(data, issued.Seq));
        var decided = ShareIssueRule.Decide(inputs, NetworkCheck.ParametersOf(data.Network).ClassUnits);
        if (!decided.Accepted)
        {
            findings.Add(model.At, "", "what the issue's rule accepts", decided.Rejection.ToString());
            return null;
        }

        return decided.Value;
    }

    private static ImmutableArray<AccountWeight> Attribution(ExportData data, ModelLine model) =>
    [
        .. from run in data.Runs
           where model.Runs.Contains(run.Run)
           from round in run.Rounds
           from part in run.Contributors.Zip(round.Attribution)
           select new AccountWeight(part.First, (UInt128)part.Second),
    ];

    private static ImmutableArray<AccountWeight> Work(ExportData data, ModelLine model) =>
    [
        .. from run in data.Runs
           where model.Runs.Contains(run.Run)
           from worker in run.Workers
           from lease in data.Leases
           where lease.Terms.Lease == worker.Lease
           select new AccountWeight(worker.Host, lease.VerifiedMs),
    ];

    /// <summary>What was staked when the issue began: the balances of the stake accounts before its first transfer.</summary>
    private static ImmutableArray<AccountWeight> Stakes(ExportData data, ulong issuedAt)
    {
        var staked = new SortedDictionary<Address, Int128>();
        foreach (var transfer in data.Transfers.Where(line => line.Seq < issuedAt && line.Moves && line.Asset == AssetId.Gaib))
        {
            if (transfer.Credit.Kind == AccountKind.Stake)
            {
                staked[transfer.Credit.Key] = staked.GetValueOrDefault(transfer.Credit.Key) + (Int128)transfer.Amount;
            }

            if (transfer.Debit.Kind == AccountKind.Stake)
            {
                staked[transfer.Debit.Key] = staked.GetValueOrDefault(transfer.Debit.Key) - (Int128)transfer.Amount;
            }
        }

        return [.. staked.Where(row => row.Value > 0).Select(row => new AccountWeight(row.Key, (UInt128)row.Value))];
    }

    private static IEnumerable<(AccountId Account, ShareLineClass Class, UInt128 Units)> Rows(SharesIssued issue) =>
        issue.People.Select(row => (AccountId.Person(row.Account), (ShareLineClass)row.Class, (UInt128)row.Units))
            .Concat(issue.Pools.Select(row => (AccountId.Of(AccountKind.Pool, row.Pool), (ShareLineClass)row.Class, (UInt128)row.Units)))
            .Concat(issue.Stakes.Select(row => (AccountId.Person(row.Account), ShareLineClass.Stake, row.Weight)));

    private static void Compare(ShareLine line, (AccountId Account, ShareLineClass Class, UInt128 Units) expected, Findings findings)
    {
        findings.Equal(line.At, "account", expected.Account, line.Account);
        findings.Equal(line.At, "class", expected.Class, line.Class);
        findings.Equal(line.At, "units", expected.Units, line.Units);
    }

    /// <summary>The holders' frozen units first, then the model's: every one out of the issuance account, because of the model.</summary>
    private static void Expect(ExportData data, ModelLine model, SharesIssued issue)
    {
        var (shares, frozen) = (AssetId.Of(model.Model), AssetId.Of(ShareIssueRule.HolderPool(model.Model)));
        foreach (var stake in issue.Stakes)
        {
            data.Expected.Add(model.At, AccountId.Issuance, AccountId.Person(stake.Account), frozen, stake.Weight, model.Model);
        }

        foreach (var (account, units) in issue.UnitsByAccount())
        {
            data.Expected.Add(model.At, AccountId.Issuance, AccountId.Person(account), shares, units, model.Model);
        }

        foreach (var pool in issue.Pools)
        {
            data.Expected.Add(model.At, AccountId.Issuance, AccountId.Of(AccountKind.Pool, pool.Pool), shares, pool.Units, model.Model);
        }
    }
}
