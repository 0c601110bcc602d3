namespace Gaib.Domain.Settlement;

/// <summary>
/// What settlers sign and the contract pays: the difference between <paramref name="Cumulative"/> and what the account has claimed on
/// that chain. EIP-712 type <c>Settlement(address account,address token,uint256 cumulative,uint64 epoch,uint64 deadline)</c>.
/// </summary>
/// <param name="Account">Who is paid.</param>
/// <param name="Token">The ERC-20 contract that is paid out, on the chain that the EIP-712 domain names.</param>
/// <param name="Cumulative">All that the account has ever withdrawn to that chain, in base units.</param>
/// <param name="Epoch">The settlement epoch in which the last withdrawal was made; the contract caps payouts per epoch.</param>
/// <param name="Deadline">
/// Unix <b>seconds</b>, because the contract compares it with block.timestamp. The last second at which the voucher is valid.
/// </param>
[GenerateSerializer, Immutable]
public sealed record SettlementVoucher(
    [property: Id(0)] Address Account,
    [property: Id(1)] Address Token,
    [property: Id(2)] UInt128 Cumulative,
    [property: Id(3)] ulong Epoch,
    [property: Id(4)] ulong Deadline) : TypedMessage
{
    /// <inheritdoc/>
    public override string TypeName => "Settlement";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account),
        TypedField.Of("token", Token),
        TypedField.Uint256("cumulative", Cumulative),
        TypedField.Of("epoch", Epoch),
        TypedField.Of("deadline", Deadline),
    ];
}
