namespace Gaib.Domain.Compute;

/// <summary>What was agreed when a lease opened. Nothing in it ever changes.</summary>
/// <param name="Lease">The lease's id.</param>
/// <param name="Order">The order it serves.</param>
/// <param name="Job">The order's job.</param>
/// <param name="Gpu">The one GPU it holds.</param>
/// <param name="Host">Who is paid.</param>
/// <param name="Renter">Who pays.</param>
/// <param name="Class">GPU class.</param>
/// <param name="MacsPerMs">Multiply-accumulates in a verified millisecond of the class.</param>
/// <param name="Floor">The host's floor, base units per verified second.</param>
/// <param name="Ceiling">The renter's ceiling, base units per verified second.</param>
/// <param name="Cap">Base units in the lease's own ledger account when it opens.</param>
/// <param name="FeePpm">Lease fee, parts per million of what is paid.</param>
/// <param name="Window">Check window W in rounds.</param>
/// <param name="OpenedAt">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseTerms(
    [property: Id(0)] Hash32 Lease,
    [property: Id(1)] Hash32 Order,
    [property: Id(2)] Hash32 Job,
    [property: Id(3)] Hash32 Gpu,
    [property: Id(4)] Address Host,
    [property: Id(5)] Address Renter,
    [property: Id(6)] string Class,
    [property: Id(7)] ulong MacsPerMs,
    [property: Id(8)] UInt128 Floor,
    [property: Id(9)] UInt128 Ceiling,
    [property: Id(10)] UInt128 Cap,
    [property: Id(11)] uint FeePpm,
    [property: Id(12)] int Window,
    [property: Id(13)] long OpenedAt);
