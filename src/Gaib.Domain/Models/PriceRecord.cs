namespace Gaib.Domain.Models;

/// <summary>What a model's inference costs from a point of the journal on. A record is replaced, never changed.</summary>
/// <param name="Id">See <see cref="IdOf"/>.</param>
/// <param name="Model">The model.</param>
/// <param name="UnitPrice">Base units that the payer pays for one unit (one input row).</param>
/// <param name="HostUnitFee">Base units of it that go to the host that answers.</param>
/// <param name="FromSequence">The first sequence of the book at which it is in force.</param>
[GenerateSerializer, Immutable]
public sealed record PriceRecord(
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] Hash32 Model,
    [property: Id(2)] UInt128 UnitPrice,
    [property: Id(3)] UInt128 HostUnitFee,
    [property: Id(4)] ulong FromSequence)
{
    /// <summary>The version of the record's form.</summary>
    public const int RecordVersion = 1;

    /// <summary>keccak256 over the words: version, model, unitPrice, hostUnitFee, fromSequence.</summary>
    public static Hash32 IdOf(Hash32 model, UInt128 unitPrice, UInt128 hostUnitFee, ulong fromSequence) =>
        new AbiWriter(5).UInt(RecordVersion).Hash(model).UInt(unitPrice).UInt(hostUnitFee).UInt(fromSequence).Hash();

    /// <summary>A record with its id.</summary>
    public static PriceRecord Of(Hash32 model, UInt128 unitPrice, UInt128 hostUnitFee, ulong fromSequence) =>
        new(IdOf(model, unitPrice, hostUnitFee, fromSequence), model, unitPrice, hostUnitFee, fromSequence);
}

/// <summary>The developer's command that sets a price.</summary>
/// <param name="Account">The model's developer, who signs.</param>
/// <param name="Model">The model.</param>
/// <param name="UnitPrice">Base units a unit.</param>
/// <param name="HostUnitFee">Base units a unit for the host.</param>
/// <param name="Nonce">A number that the account has not used.</param>
/// <param name="Deadline">Unix milliseconds until which the command may be taken.</param>
[GenerateSerializer, Immutable]
public sealed record SetPrice(
    [property: Id(0)] Address Account,
    [property: Id(1)] Hash32 Model,
    [property: Id(2)] UInt128 UnitPrice,
    [property: Id(3)] UInt128 HostUnitFee,
    [property: Id(4)] UInt128 Nonce,
    [property: Id(5)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "SetPrice";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account), TypedField.Of("model", Model), TypedField.Of("unitPrice", UnitPrice),
        TypedField.Of("hostUnitFee", HostUnitFee), TypedField.Of("nonce", Nonce), TypedField.Of("deadline", Deadline),
    ];
}
