namespace Gaib.Domain.Settlement;

/// <summary>A single withdrawal, signed by the account: move this amount to <c>settlement:{chain}</c>.</summary>
/// <param name="Account">Who withdraws.</param>
/// <param name="Chain">EIP-155 chain id.</param>
/// <param name="Amount">In base units; at least 1.</param>
/// <param name="Nonce">A number that the account has not used for another command.</param>
/// <param name="Deadline">Unix milliseconds of the runtime's clock: the last moment at which the command is accepted.</param>
[GenerateSerializer, Immutable]
public sealed record Withdraw(
    [property: Id(0)] Address Account,
    [property: Id(1)] ulong Chain,
    [property: Id(2)] UInt128 Amount,
    [property: Id(3)] UInt128 Nonce,
    [property: Id(4)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "Withdraw";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account),
        TypedField.Of("chain", Chain),
        TypedField.Of("amount", Amount),
        TypedField.Of("nonce", Nonce),
        TypedField.Of("deadline", Deadline),
    ];
}
