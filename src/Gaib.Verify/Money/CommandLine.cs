using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Money;

/// <summary>A line of commands.ndjson.</summary>
internal sealed record CommandLine(
    LineAt At,
    Hash32 Digest,
    string Type,
    string TypeString,
    Address Account,
    ImmutableArray<KeyValuePair<string, string>> Payload,
    Address Signer,
    Signature Signature,
    UInt128 Nonce,
    long Deadline,
    ulong Seq,
    long Time)
{
    /// <summary>What was signed, built from the payload; null where the type is unknown or the payload is not one of it.</summary>
    public TypedMessage? Message { get; } = Messages.Read(Type, Payload);

    public static CommandLine Read(JsonLine line) => new(
        line.At, line.Hash("digest"), line.Text("type"), line.Text("typeString"), line.Person("account"),
        line.Object("payload", payload => payload.Texts()), line.Person("signer"), line.Signature("signature"), line.Amount("nonce"),
        line.Int64("deadline"), line.UInt64("seq"), line.Int64("at"));
}
