using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>An account and a weight: attribution (Q32), verified milliseconds, or staked base units.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Weight">How much.</param>
[GenerateSerializer, Immutable]
public readonly record struct AccountWeight([property: Id(0)] Address Account, [property: Id(1)] UInt128 Weight);

/// <summary>Units that a person gets at issue.</summary>
/// <param name="Class">For what.</param>
/// <param name="Account">Who.</param>
/// <param name="Units">Share units; never 0.</param>
[GenerateSerializer, Immutable]
public readonly record struct ShareRow(
    [property: Id(0)] ShareClass Class, [property: Id(1)] Address Account, [property: Id(2)] ulong Units);

/// <summary>Units that a pool gets at issue: the pool of stakers, or the pool of a parent model.</summary>
/// <param name="Class"><see cref="ShareClass.Holders"/> or <see cref="ShareClass.Parents"/>.</param>
/// <param name="Pool">The pool's id: <see cref="ShareIssueRule.HolderPool"/>, or the parent model's id.</param>
/// <param name="Units">Share units; never 0.</param>
[GenerateSerializer, Immutable]
public readonly record struct PoolShareRow(
    [property: Id(0)] ShareClass Class, [property: Id(1)] Hash32 Pool, [property: Id(2)] ulong Units);

/// <summary>A model's first issue. All units of people and pools together are 10^9.</summary>
/// <param name="RuleVersion">The version of <see cref="ShareIssueRule"/> that made it.</param>
/// <param name="Model">The model.</param>
/// <param name="People">By class, then address.</param>
/// <param name="Pools">By class, then pool.</param>
/// <param name="Stakes">The stakers' weights in the pool of holders, frozen at issue, by address; empty when there is no such pool.</param>
[GenerateSerializer, Immutable]
public sealed record SharesIssued(
    [property: Id(0)] int RuleVersion,
    [property: Id(1)] Hash32 Model,
    [property: Id(2)] ImmutableArray<ShareRow> People,
    [property: Id(3)] ImmutableArray<PoolShareRow> Pools,
    [property: Id(4)] ImmutableArray<AccountWeight> Stakes) : ModelEvent
{
    /// <summary>The sum of all units; 10^9.</summary>
    public UInt128 TotalUnits
    {
        get
        {
            UInt128 sum = 0;
            foreach (var row in People)
            {
                sum += row.Units;
            }

            foreach (var row in Pools)
            {
                sum += row.Units;
            }

            return sum;
        }
    }

    /// <summary>Each person's units over all classes, by address.</summary>
    public ImmutableSortedDictionary<Address, ulong> UnitsByAccount()
    {
        var units = ImmutableSortedDictionary.CreateBuilder<Address, ulong>();
        foreach (var row in People)
        {
            units[row.Account] = checked(units.GetValueOrDefault(row.Account) + row.Units);
        }

        return units.ToImmutable();
    }
}
