namespace Gaib.Domain.Compute;

/// <summary>A host offers one GPU. A later ask for the same GPU replaces the floor for leases to come.</summary>
/// <param name="Host">Owner of the GPU, who signs.</param>
/// <param name="Gpu">The GPU.</param>
/// <param name="Class">Its class.</param>
/// <param name="Floor">Lowest rate the host works for, base units per verified second.</param>
/// <param name="Nonce">A number the host has not used for another command.</param>
/// <param name="Deadline">Unix milliseconds after which the command is refused.</param>
[GenerateSerializer, Immutable]
public sealed record Ask(
    [property: Id(0)] Address Host,
    [property: Id(1)] Hash32 Gpu,
    [property: Id(2)] string Class,
    [property: Id(3)] UInt128 Floor,
    [property: Id(4)] UInt128 Nonce,
    [property: Id(5)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public Address Account => Host;

    /// <inheritdoc/>
    public override string TypeName => "Ask";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("host", Host), TypedField.Of("gpu", Gpu), TypedField.Of("class", Class), TypedField.Of("floor", Floor),
        TypedField.Of("nonce", Nonce), TypedField.Of("deadline", Deadline),
    ];
}

/// <summary>A host takes its ask back. A lease that is open on the GPU goes on; no other opens.</summary>
/// <param name="Host">Owner of the GPU, who signs.</param>
/// <param name="Gpu">The GPU.</param>
/// <param name="Nonce">A number the host has not used for another command.</param>
/// <param name="Deadline">Unix milliseconds after which the command is refused.</param>
[GenerateSerializer, Immutable]
public sealed record WithdrawAsk(
    [property: Id(0)] Address Host,
    [property: Id(1)] Hash32 Gpu,
    [property: Id(2)] UInt128 Nonce,
    [property: Id(3)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public Address Account => Host;

    /// <inheritdoc/>
    public override string TypeName => "WithdrawAsk";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("host", Host), TypedField.Of("gpu", Gpu), TypedField.Of("nonce", Nonce), TypedField.Of("deadline", Deadline),
    ];
}
