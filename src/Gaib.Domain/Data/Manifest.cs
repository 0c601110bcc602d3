namespace Gaib.Domain.Data;

/// <summary>
/// What a contributor signs to commit data to a job: the EIP-712 struct <c>Manifest(address contributor,bytes32 job,bytes32 root,uint64
/// chunks,uint64 bytes,string licence,int64 validUntil,uint128 nonce,int64 deadline)</c>.
/// </summary>
/// <param name="Contributor">The account that brings the data and will be paid for it.</param>
/// <param name="Job">The job that it is brought to.</param>
/// <param name="Root">Merkle root of the chunks' leaves, <see cref="Chunk.Leaf()"/>, by index.</param>
/// <param name="Chunks">Number of chunks.</param>
/// <param name="Bytes">Σ of the lengths of the chunks' canonical bytes.</param>
/// <param name="Licence">SPDX expression or address of the licence under which the data may be used.</param>
/// <param name="ValidUntil">The data right ends at this time, Unix milliseconds; <see cref="long.MaxValue"/> for no end.</param>
/// <param name="Nonce">A number that the contributor has not used for another command.</param>
/// <param name="Deadline">The manifest must be committed by this time, Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record Manifest(
    [property: Id(0)] Address Contributor,
    [property: Id(1)] Hash32 Job,
    [property: Id(2)] Hash32 Root,
    [property: Id(3)] ulong Chunks,
    [property: Id(4)] ulong Bytes,
    [property: Id(5)] string Licence,
    [property: Id(6)] long ValidUntil,
    [property: Id(7)] UInt128 Nonce,
    [property: Id(8)] long Deadline) : TypedMessage, ICommand
{
    /// <summary>The account whose rights the command moves, and its signer: the contributor.</summary>
    public Address Account => Contributor;

    /// <inheritdoc/>
    public override string TypeName => "Manifest";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("contributor", Contributor),
        TypedField.Of("job", Job),
        TypedField.Of("root", Root),
        TypedField.Of("chunks", Chunks),
        TypedField.Of("bytes", Bytes),
        TypedField.Of("licence", Licence),
        TypedField.Of("validUntil", ValidUntil),
        TypedField.Of("nonce", Nonce),
        TypedField.Of("deadline", Deadline),
    ];
}
