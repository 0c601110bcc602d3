using System.Collections.Immutable;
using Gaib.Domain.Models;

namespace Gaib.Domain.Governance;

/// <summary>A person's command that stakes GAIB.</summary>
/// <param name="Account">Who stakes and signs.</param>
/// <param name="Amount">Base units.</param>
/// <param name="Nonce">A number that the account has not used.</param>
/// <param name="Deadline">Unix milliseconds until which the command may be taken.</param>
[GenerateSerializer, Immutable]
public sealed record Stake(
    [property: Id(0)] Address Account, [property: Id(1)] UInt128 Amount, [property: Id(2)] UInt128 Nonce, [property: Id(3)] long Deadline)
    : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "Stake";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account), TypedField.Of("amount", Amount),
        TypedField.Of("nonce", Nonce), TypedField.Of("deadline", Deadline),
    ];
}

/// <summary>A person's command that takes staked GAIB back.</summary>
/// <param name="Account">Who staked, and signs.</param>
/// <param name="Amount">Base units.</param>
/// <param name="Nonce">A number that the account has not used.</param>
/// <param name="Deadline">Unix milliseconds until which the command may be taken.</param>
[GenerateSerializer, Immutable]
public sealed record Unstake(
    [property: Id(0)] Address Account, [property: Id(1)] UInt128 Amount, [property: Id(2)] UInt128 Nonce, [property: Id(3)] long Deadline)
    : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "Unstake";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account), TypedField.Of("amount", Amount),
        TypedField.Of("nonce", Nonce), TypedField.Of("deadline", Deadline),
    ];
}

/// <summary>A stake has a new size.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Staked">Base units staked now; 0 when all was taken back.</param>
[GenerateSerializer, Immutable]
public sealed record StakeChanged([property: Id(0)] Address Account, [property: Id(1)] UInt128 Staked);

/// <summary>Who has staked how much. Weights in pools of holders are copies made at issue: unstaking does not change them.</summary>
/// <param name="ByAccount">Base units by account; never 0.</param>
/// <param name="Total">Their sum.</param>
[GenerateSerializer, Immutable]
public sealed record StakeState(
    [property: Id(0)] ImmutableSortedDictionary<Address, UInt128> ByAccount, [property: Id(1)] UInt128 Total)
{
    /// <summary>Nobody has staked.</summary>
    public static StakeState Empty { get; } = new(ImmutableSortedDictionary<Address, UInt128>.Empty, 0);

    /// <summary>The weights that an issue at this moment freezes, by address.</summary>
    public ImmutableArray<AccountWeight> Weights => [.. ByAccount.Select(stake => new AccountWeight(stake.Key, stake.Value))];
}

/// <summary>Staking, and unstaking at once. Whether the account has the amount is the book's check.</summary>
public static class StakeRule
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>
    /// A larger stake, or <see cref="Reason.AmountZero"/>, <see cref="Reason.FieldOutOfRange"/> below the minimum, or
    /// <see cref="Reason.PoolWeightFull"/>.
    /// </summary>
    public static Outcome<StakeChanged> Decide(StakeState state, Stake command, Parameters parameters)
    {
        if (command.Amount == 0)
        {
            return Reason.AmountZero;
        }

        var room = ShareIssueRule.StakeLimit - 1 - state.Total;
        if (command.Amount > room)
        {
            return new Rejection(Reason.PoolWeightFull, (Int128)room, command.Amount.Saturate());
        }

        var staked = state.ByAccount.GetValueOrDefault(command.Account) + command.Amount;
        return staked < parameters.StakeMin
            ? new Rejection(Reason.FieldOutOfRange, (Int128)parameters.StakeMin, (Int128)staked, "stakeMin")
            : new StakeChanged(command.Account, staked);
    }

    /// <summary>
    /// A smaller stake, or <see cref="Reason.AmountZero"/>, <see cref="Reason.InsufficientFunds"/> with what is staked and what was
    /// asked, or <see cref="Reason.FieldOutOfRange"/> if something below the minimum would stay.
    /// </summary>
    public static Outcome<StakeChanged> Decide(StakeState state, Unstake command, Parameters parameters)
    {
        if (command.Amount == 0)
        {
            return Reason.AmountZero;
        }

        var staked = state.ByAccount.GetValueOrDefault(command.Account);
        if (command.Amount > staked)
        {
            return new Rejection(Reason.InsufficientFunds, (Int128)staked, command.Amount.Saturate(), command.Account.ToString());
        }

        var left = staked - command.Amount;
        return left > 0 && left < parameters.StakeMin
            ? new Rejection(Reason.FieldOutOfRange, (Int128)parameters.StakeMin, (Int128)left, "stakeMin")
            : new StakeChanged(command.Account, left);
    }

    /// <summary>The stakes after a change.</summary>
    public static StakeState Evolve(StakeState state, StakeChanged change)
    {
        var before = state.ByAccount.GetValueOrDefault(change.Account);
        var stakes = change.Staked == 0
            ? state.ByAccount.Remove(change.Account)
            : state.ByAccount.SetItem(change.Account, change.Staked);
        return new StakeState(stakes, checked(state.Total - before + change.Staked));
    }
}
