namespace Gaib.Domain.Models;

/// <summary>What a worker did for one call.</summary>
/// <param name="Call">The payer's number of the call: 1, 2, 3, … within its session.</param>
/// <param name="Units">Input rows.</param>
/// <param name="InputHash">Hash of the input.</param>
/// <param name="OutputHash">Hash of the output.</param>
/// <param name="Gpu">The GPU that answered.</param>
/// <param name="Host">The GPU's owner, who is paid.</param>
/// <param name="Weights">Content hash of the weights used.</param>
[GenerateSerializer, Immutable]
public sealed record ServedCall(
    [property: Id(0)] ulong Call,
    [property: Id(1)] uint Units,
    [property: Id(2)] Hash32 InputHash,
    [property: Id(3)] Hash32 OutputHash,
    [property: Id(4)] Hash32 Gpu,
    [property: Id(5)] Address Host,
    [property: Id(6)] Hash32 Weights);

/// <summary>One metered call. Receipts chain per session: each names the hash of the one before, the first one zero.</summary>
/// <param name="Session">The session.</param>
/// <param name="Seq">1 for the session's first call; equal to the payer's number of the call.</param>
/// <param name="Model">The model.</param>
/// <param name="Price">Id of the price record in force.</param>
/// <param name="Units">Input rows.</param>
/// <param name="Fee">Base units: units × unit price.</param>
/// <param name="Gpu">The GPU that answered.</param>
/// <param name="Host">The GPU's owner.</param>
/// <param name="Weights">Content hash of the weights used.</param>
/// <param name="InputHash">Hash of the input.</param>
/// <param name="OutputHash">Hash of the output.</param>
/// <param name="At">Unix milliseconds of the runtime's clock.</param>
/// <param name="Previous">Hash of the session's receipt before this one, or zero.</param>
[GenerateSerializer, Immutable]
public sealed record Receipt(
    [property: Id(0)] Hash32 Session,
    [property: Id(1)] ulong Seq,
    [property: Id(2)] Hash32 Model,
    [property: Id(3)] Hash32 Price,
    [property: Id(4)] uint Units,
    [property: Id(5)] UInt128 Fee,
    [property: Id(6)] Hash32 Gpu,
    [property: Id(7)] Address Host,
    [property: Id(8)] Hash32 Weights,
    [property: Id(9)] Hash32 InputHash,
    [property: Id(10)] Hash32 OutputHash,
    [property: Id(11)] long At,
    [property: Id(12)] Hash32 Previous)
{
    /// <summary>The version of the receipt's form.</summary>
    public const int RecordVersion = 1;

    /// <summary>
    /// keccak256 over the fourteen words: version, session, seq, model, price, units, fee, gpu, host, weights, inputHash, outputHash,
    /// at, previous.
    /// </summary>
    public Hash32 Hash => new AbiWriter(14)
        .UInt(RecordVersion).Hash(Session).UInt(Seq).Hash(Model).Hash(Price).UInt(Units).UInt(Fee).Hash(Gpu).Address(Host)
        .Hash(Weights).Hash(InputHash).Hash(OutputHash).Int(At).Hash(Previous).Hash();
}
