using System.Numerics;
using Gaib.Domain.Money;

namespace Gaib.Verify.Revenue;

/// <summary>
/// Pools are the fold of the transfers, what they fed, owe and carry adds up exactly, their members' weights are the shares they hold,
/// and their balance is what nobody has collected yet.
/// </summary>
internal static class PoolsCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var expected = data.Ledger.Pools.ToArray();
        for (var i = 0; i < int.Min(expected.Length, data.Pools.Length); i++)
        {
            var (line, pool) = (data.Pools[i], expected[i].Value);
            pool.SettleAll();
            findings.Equal(line.At, "pool", expected[i].Key, line.Pool);
            findings.Equal(line.At, "asset", pool.Asset, line.Asset);
            findings.Equal(line.At, "fed", pool.Fed, (BigInteger)line.Fed);
            findings.Equal(line.At, "acc", pool.Acc, (BigInteger)line.Acc);
            findings.Equal(line.At, "rem", pool.Rem, (BigInteger)line.Rem);
            findings.Equal(line.At, "unallocated", pool.Unallocated, (BigInteger)line.Unallocated);
            findings.Equal(line.At, "weight", pool.Weight, (BigInteger)line.Weight);
            CheckMembers(line, pool, findings);
            CheckSums(data, line, findings);
        }

        findings.Equal(new LineAt("pools.ndjson", 0), "", expected.Length, data.Pools.Length);
    }

    private static void CheckMembers(PoolLine line, PoolFold pool, Findings findings)
    {
        if (!findings.Equal(line.At, "members", pool.Members.Count, line.Members.Length))
        {
            return;
        }

        var i = 0;
        foreach (var (account, member) in pool.Members)
        {
            var (stated, path) = (line.Members[i], $"members[{i}].");
            findings.Equal(line.At, path + "account", account, stated.Account);
            findings.Equal(line.At, path + "weight", member.Weight, (BigInteger)stated.Weight);
            findings.Equal(line.At, path + "accrued", member.Accrued, (BigInteger)stated.Accrued);
            findings.Equal(line.At, path + "fraction", member.Fraction, (BigInteger)stated.Fraction);
            findings.Equal(line.At, path + "paidAcc", member.PaidAcc, (BigInteger)stated.PaidAcc);
            findings.Equal(line.At, path + "collected", member.Collected, (BigInteger)stated.Collected);
            i++;
        }
    }

    private static void CheckSums(ExportData data, PoolLine line, Findings findings)
    {
        var sum = (BigInteger)line.Rem + ((BigInteger)line.Unallocated << 64);
        var (weight, collected) = (BigInteger.Zero, BigInteger.Zero);
        foreach (var member in line.Members)
        {
            sum += ((BigInteger)member.Accrued << 64) + member.Fraction + (member.Weight * ((BigInteger)line.Acc - member.PaidAcc));
            weight += member.Weight;
            collected += member.Collected;
            findings.Equal(line.At, $"{member.Account}", data.Ledger.Available(member.Account, line.Asset), (BigInteger)member.Weight);
        }

        findings.Equal(line.At, "fed", sum, (BigInteger)line.Fed << 64);
        findings.Equal(line.At, "weight", weight, (BigInteger)line.Weight);
        findings.Equal(line.At, "balance", data.Ledger.Available(line.Pool, AssetId.Gaib), line.Fed - collected);
    }
}
