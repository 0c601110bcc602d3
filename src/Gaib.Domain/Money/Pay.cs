namespace Gaib.Domain.Money;

/// <summary>Moves GAIB or shares from one person to another.</summary>
/// <param name="Account">Who pays.</param>
/// <param name="To">Who receives.</param>
/// <param name="Asset">0 for GAIB, else the number of a share asset.</param>
/// <param name="Amount">Base units; above 0.</param>
/// <param name="Nonce">A number that the account has not used for another command.</param>
/// <param name="Deadline">Unix milliseconds of the runtime's clock.</param>
[GenerateSerializer, Immutable]
public sealed record Pay(
    [property: Id(0)] Address Account,
    [property: Id(1)] Address To,
    [property: Id(2)] ulong Asset,
    [property: Id(3)] UInt128 Amount,
    [property: Id(4)] UInt128 Nonce,
    [property: Id(5)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "Pay";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account),
        TypedField.Of("to", To),
        TypedField.Of("asset", Asset),
        TypedField.Of("amount", Amount),
        TypedField.Of("nonce", Nonce),
        TypedField.Of("deadline", Deadline),
    ];

    /// <summary>The transfer that the command causes.</summary>
    public Transfer ToTransfer() => new()
    {
        Debit = AccountId.Person(Account),
        Credit = AccountId.Person(To),
        Asset = new AssetId(Asset),
        Amount = Amount,
    };
}
