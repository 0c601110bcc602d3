namespace Gaib.Domain.Models;

/// <summary>The payer's command that opens a prepaid session: one signature, one cap.</summary>
/// <param name="Account">The payer, who signs.</param>
/// <param name="Model">The model.</param>
/// <param name="Key">The session key, which acknowledges spend.</param>
/// <param name="Cap">Base units that move into the session's account; no more is ever spent.</param>
/// <param name="Window">Base units that may be unacknowledged at any time.</param>
/// <param name="Expiry">Unix milliseconds from which nothing is served.</param>
/// <param name="Nonce">A number that the account has not used.</param>
/// <param name="Deadline">Unix milliseconds until which the command may be taken.</param>
[GenerateSerializer, Immutable]
public sealed record OpenSession(
    [property: Id(0)] Address Account,
    [property: Id(1)] Hash32 Model,
    [property: Id(2)] Address Key,
    [property: Id(3)] UInt128 Cap,
    [property: Id(4)] UInt128 Window,
    [property: Id(5)] long Expiry,
    [property: Id(6)] UInt128 Nonce,
    [property: Id(7)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "OpenSession";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account), TypedField.Of("model", Model), TypedField.Of("key", Key),
        TypedField.Of("cap", Cap), TypedField.Of("window", Window), TypedField.Of("expiry", Expiry),
        TypedField.Of("nonce", Nonce), TypedField.Of("deadline", Deadline),
    ];
}

/// <summary>The session key's word that it has received everything up to a receipt.</summary>
/// <param name="Session">The session.</param>
/// <param name="Cumulative">Base units spent in total up to that receipt.</param>
/// <param name="Head">Hash of that receipt.</param>
[GenerateSerializer, Immutable]
public sealed record Acknowledge(
    [property: Id(0)] Hash32 Session, [property: Id(1)] UInt128 Cumulative, [property: Id(2)] Hash32 Head) : TypedMessage
{
    /// <inheritdoc/>
    public override string TypeName => "Acknowledge";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
        [TypedField.Of("session", Session), TypedField.Of("cumulative", Cumulative), TypedField.Of("head", Head)];
}

/// <summary>The payer's command that closes a session and takes the rest back.</summary>
/// <param name="Account">The payer, who signs.</param>
/// <param name="Session">The session.</param>
/// <param name="Nonce">A number that the account has not used.</param>
/// <param name="Deadline">Unix milliseconds until which the command may be taken.</param>
[GenerateSerializer, Immutable]
public sealed record CloseSession(
    [property: Id(0)] Address Account, [property: Id(1)] Hash32 Session, [property: Id(2)] UInt128 Nonce, [property: Id(3)] long Deadline)
    : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "CloseSession";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account), TypedField.Of("session", Session),
        TypedField.Of("nonce", Nonce), TypedField.Of("deadline", Deadline),
    ];
}
