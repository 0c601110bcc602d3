namespace Gaib.Domain.Data;

/// <summary>
/// What a contributor signs to take data out of future runs: the EIP-712 struct <c>DataRightWithdrawal(address contributor,bytes32
/// dataset,uint128 nonce,int64 deadline)</c>. Shares already issued stand.
/// </summary>
/// <param name="Contributor">The account whose data it is.</param>
/// <param name="Dataset">The dataset withdrawn.</param>
/// <param name="Nonce">A number that the contributor has not used for another command.</param>
/// <param name="Deadline">The command must be accepted by this time, Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record DataRightWithdrawal(
    [property: Id(0)] Address Contributor,
    [property: Id(1)] Hash32 Dataset,
    [property: Id(2)] UInt128 Nonce,
    [property: Id(3)] long Deadline) : TypedMessage, ICommand
{
    /// <summary>The account whose rights the command moves, and its signer: the contributor.</summary>
    public Address Account => Contributor;

    /// <inheritdoc/>
    public override string TypeName => "DataRightWithdrawal";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("contributor", Contributor),
        TypedField.Of("dataset", Dataset),
        TypedField.Of("nonce", Nonce),
        TypedField.Of("deadline", Deadline),
    ];
}
