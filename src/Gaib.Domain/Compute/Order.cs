namespace Gaib.Domain.Compute;

/// <summary>
/// A renter asks for GPUs of one class. What it signs bounds everything that can follow: no lease above the ceiling, and never more
/// than the cap over all leases of the order, those that replace a lost host included.
/// </summary>
/// <param name="Renter">Who pays and signs.</param>
/// <param name="Job">The job the GPUs are for.</param>
/// <param name="Class">GPU class.</param>
/// <param name="Count">GPUs, one lease each.</param>
/// <param name="Ceiling">Highest rate the renter pays, base units per verified second.</param>
/// <param name="Cap">Most that all leases of the order may cost together, base units.</param>
/// <param name="Nonce">A number the renter has not used for another command.</param>
/// <param name="Deadline">Unix milliseconds after which no lease of this order opens.</param>
[GenerateSerializer, Immutable]
public sealed record Order(
    [property: Id(0)] Address Renter,
    [property: Id(1)] Hash32 Job,
    [property: Id(2)] string Class,
    [property: Id(3)] ulong Count,
    [property: Id(4)] UInt128 Ceiling,
    [property: Id(5)] UInt128 Cap,
    [property: Id(6)] UInt128 Nonce,
    [property: Id(7)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public Address Account => Renter;

    /// <inheritdoc/>
    public override string TypeName => "Order";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("renter", Renter), TypedField.Of("job", Job), TypedField.Of("class", Class), TypedField.Of("count", Count),
        TypedField.Of("ceiling", Ceiling), TypedField.Of("cap", Cap), TypedField.Of("nonce", Nonce),
        TypedField.Of("deadline", Deadline),
    ];
}
