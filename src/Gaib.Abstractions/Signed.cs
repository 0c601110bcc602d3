using Gaib.Domain;

namespace Gaib.Abstractions;

/// <summary>A command and its signature, as a client sends it.</summary>
/// <param name="Command">What is meant.</param>
/// <param name="Signature">Over the command's EIP-712 digest.</param>
/// <typeparam name="T">The command's type.</typeparam>
[GenerateSerializer, Immutable]
[Alias("gaib.signed`1")]
public sealed record Signed<T>([property: Id(0)] T Command, [property: Id(1)] Signature Signature)
    where T : TypedMessage;
