namespace Gaib.Domain.Settlement;

/// <summary>
/// A standing order, signed once by the account: withdraw to the chain whatever is available, whenever it reaches the threshold, at
/// most once a period. A later policy for the same chain replaces it.
/// </summary>
/// <param name="Account">Whose earnings are withdrawn.</param>
/// <param name="Chain">EIP-155 chain id.</param>
/// <param name="Threshold">The least amount that is withdrawn, in base units; at least 1.</param>
/// <param name="Period">The least time between two withdrawals, in milliseconds.</param>
/// <param name="ValidUntil">Unix milliseconds of the runtime's clock: the last moment at which the policy withdraws.</param>
/// <param name="Nonce">A number that the account has not used for another command.</param>
/// <param name="Deadline">Unix milliseconds of the runtime's clock: the last moment at which the command is accepted.</param>
[GenerateSerializer, Immutable]
public sealed record SettlementPolicy(
    [property: Id(0)] Address Account,
    [property: Id(1)] ulong Chain,
    [property: Id(2)] UInt128 Threshold,
    [property: Id(3)] ulong Period,
    [property: Id(4)] long ValidUntil,
    [property: Id(5)] UInt128 Nonce,
    [property: Id(6)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "SettlementPolicy";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account),
        TypedField.Of("chain", Chain),
        TypedField.Of("threshold", Threshold),
        TypedField.Of("period", Period),
        TypedField.Of("validUntil", ValidUntil),
        TypedField.Of("nonce", Nonce),
        TypedField.Of("deadline", Deadline),
    ];
}
