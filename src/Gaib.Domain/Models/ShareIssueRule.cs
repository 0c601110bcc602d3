using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>What a first issue is computed from. Rows of one account are summed, so a caller may pass them run by run.</summary>
/// <param name="Model">The model.</param>
/// <param name="Developer">Its developer.</param>
/// <param name="Parents">The models it was forked from.</param>
/// <param name="Attribution">Σ p_c per contributor over all rounds, Q32.</param>
/// <param name="Work">Verified milliseconds per host over all rounds.</param>
/// <param name="Stakes">Staked base units per account at the time of issue.</param>
[GenerateSerializer, Immutable]
public sealed record ShareIssueInputs(
    [property: Id(0)] Hash32 Model,
    [property: Id(1)] Address Developer,
    [property: Id(2)] ImmutableArray<ParentShare> Parents,
    [property: Id(3)] ImmutableArray<AccountWeight> Attribution,
    [property: Id(4)] ImmutableArray<AccountWeight> Work,
    [property: Id(5)] ImmutableArray<AccountWeight> Stakes);

/// <summary>
/// Divides 10^9 share units. Parents get their ppm first, which is exact because 10^9 is a multiple of 10^6. What is left goes to the
/// classes in proportion to the class units, and within a class to accounts in proportion to their weights, both by largest remainder;
/// ties fall to the earlier class and the lower address. A class in which nobody has weight goes to the developer, under its own name,
/// so that the units of a class always add up.
/// </summary>
public static class ShareIssueRule
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Σ stakes stays below this, the weight limit of a pool.</summary>
    public const ulong StakeLimit = 1UL << 63;

    /// <summary>The id of a model's pool of holders: keccak256(keccak256("holders"), model).</summary>
    public static Hash32 HolderPool(Hash32 model) => new AbiWriter(2).Utf8("holders").Hash(model).Hash();

    /// <summary>The issue, or <see cref="Reason.FieldOutOfRange"/> or <see cref="Reason.PoolWeightFull"/> with the numbers.</summary>
    public static Outcome<SharesIssued> Decide(ShareIssueInputs inputs, ClassUnits classes)
    {
        if ((classes.Check() ?? ParentShare.Check(inputs.Parents)) is { } rejection)
        {
            return rejection;
        }

        var stakes = Sum(inputs.Stakes);
        if (Total(stakes) is var staked && staked >= StakeLimit)
        {
            return new Rejection(Reason.PoolWeightFull, StakeLimit - 1, (Int128)staked, "stakes");
        }

        var pools = ImmutableArray.CreateBuilder<PoolShareRow>();
        var units = SplitClasses(ClassUnits.Total - ParentUnits(inputs.Parents), classes);
        var people = ImmutableArray.CreateBuilder<ShareRow>();
        AddClass(people, ShareClass.Data, units[0], Sum(inputs.Attribution), inputs.Developer);
        AddClass(people, ShareClass.Compute, units[1], Sum(inputs.Work), inputs.Developer);
        AddClass(people, ShareClass.Developer, units[2], [], inputs.Developer);
        if (staked == 0)
        {
            AddClass(people, ShareClass.Holders, units[3], [], inputs.Developer);
        }
        else
        {
            AddPool(pools, ShareClass.Holders, HolderPool(inputs.Model), units[3]);
        }

        foreach (var parent in inputs.Parents.OrderBy(p => p.Model))
        {
            AddPool(pools, ShareClass.Parents, parent.Model, parent.Units);
        }

        var frozen = pools.Any(row => row.Class == ShareClass.Holders) ? stakes : [];
        var issue = new SharesIssued(RuleVersion, inputs.Model, people.ToImmutable(), pools.ToImmutable(), frozen);
        return issue.TotalUnits == ClassUnits.Total
            ? issue
            : throw new InvalidOperationException($"An issue of {issue.TotalUnits} units instead of {ClassUnits.Total}.");
    }

    private static ulong ParentUnits(ImmutableArray<ParentShare> parents)
    {
        ulong sum = 0;
        foreach (var parent in parents)
        {
            sum += parent.Units;
        }

        return sum;
    }

    private static ulong[] SplitClasses(ulong total, ClassUnits classes)
    {
        UInt128[] weights = [classes.Data, classes.Compute, classes.Developer, classes.Holders];
        return [.. LargestRemainder.Split(total, weights).Select(part => (ulong)part)];
    }

    private static void AddClass(
        ImmutableArray<ShareRow>.Builder rows, ShareClass name, ulong units, ImmutableArray<AccountWeight> weights, Address developer)
    {
        if (units == 0)
        {
            return;
        }

        if (weights.IsEmpty)
        {
            rows.Add(new ShareRow(name, developer, units));
            return;
        }

        var parts = LargestRemainder.Split(units, [.. weights.Select(w => w.Weight)]);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] > 0)
            {
                rows.Add(new ShareRow(name, weights[i].Account, (ulong)parts[i]));
            }
        }
    }

    private static void AddPool(ImmutableArray<PoolShareRow>.Builder rows, ShareClass name, Hash32 pool, ulong units)
    {
        if (units > 0)
        {
            rows.Add(new PoolShareRow(name, pool, units));
        }
    }

    /// <summary>One row an account, by address, without those of no weight.</summary>
    private static ImmutableArray<AccountWeight> Sum(ImmutableArray<AccountWeight> rows)
    {
        var sums = new SortedDictionary<Address, UInt128>();
        foreach (var row in rows)
        {
            sums[row.Account] = checked(sums.GetValueOrDefault(row.Account) + row.Weight);
        }

        return [.. sums.Where(sum => sum.Value > 0).Select(sum => new AccountWeight(sum.Key, sum.Value))];
    }

    private static UInt128 Total(ImmutableArray<AccountWeight> rows)
    {
        UInt128 total = 0;
        foreach (var row in rows)
        {
            total = checked(total + row.Weight);
        }

        return total;
    }
}
