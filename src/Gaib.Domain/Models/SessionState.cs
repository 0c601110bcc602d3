using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>Where a session stands.</summary>
public enum SessionPhase : byte
{
    /// <summary>It serves calls.</summary>
    Open = 0,

    /// <summary>Its payer closed it.</summary>
    Closed = 1,

    /// <summary>Its time was over.</summary>
    Expired = 2,
}

/// <summary>Something that happened in a session.</summary>
[GenerateSerializer, Immutable]
public abstract record SessionEvent;

/// <summary>The session exists and its cap lies in its account.</summary>
/// <param name="Id">keccak256 over network, "session", payer and nonce.</param>
/// <param name="Model">The model.</param>
/// <param name="Payer">Who pays, and gets the rest back.</param>
/// <param name="Key">The session key.</param>
/// <param name="Cap">Base units.</param>
/// <param name="Window">Base units that may be unacknowledged.</param>
/// <param name="Expiry">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record SessionOpened(
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] Hash32 Model,
    [property: Id(2)] Address Payer,
    [property: Id(3)] Address Key,
    [property: Id(4)] UInt128 Cap,
    [property: Id(5)] UInt128 Window,
    [property: Id(6)] long Expiry) : SessionEvent;

/// <summary>A call was answered, metered and paid.</summary>
/// <param name="Receipt">Its receipt.</param>
[GenerateSerializer, Immutable]
public sealed record CallMetered([property: Id(0)] Receipt Receipt) : SessionEvent;

/// <summary>The session key acknowledged everything so far.</summary>
/// <param name="Cumulative">Base units spent in total.</param>
/// <param name="Head">Hash of the last receipt.</param>
/// <param name="Signature">The key's signature over <see cref="Acknowledge"/>, 65 bytes, kept as evidence.</param>
[GenerateSerializer, Immutable]
public sealed record SpendAcknowledged(
    [property: Id(0)] UInt128 Cumulative, [property: Id(1)] Hash32 Head, [property: Id(2)] ImmutableArray<byte> Signature)
    : SessionEvent;

/// <summary>The session is over, and what was not spent goes back.</summary>
/// <param name="Phase">Closed or expired.</param>
/// <param name="Rest">Base units to the payer: cap − Σ fees.</param>
[GenerateSerializer, Immutable]
public sealed record SessionEnded([property: Id(0)] SessionPhase Phase, [property: Id(1)] UInt128 Rest) : SessionEvent;

/// <summary>A session, in constant size: how many calls, how much, the head of its chain, and the last call's receipt.</summary>
/// <param name="Terms">What was agreed.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Seq">How many receipts there are.</param>
/// <param name="Fees">Σ fees, base units; never above the cap.</param>
/// <param name="Last">The last receipt, or null before the first call.</param>
/// <param name="Acknowledged">The last acknowledgement, or null before the first one.</param>
[GenerateSerializer, Immutable]
public sealed record SessionState(
    [property: Id(0)] SessionOpened Terms,
    [property: Id(1)] SessionPhase Phase,
    [property: Id(2)] ulong Seq,
    [property: Id(3)] UInt128 Fees,
    [property: Id(4)] Receipt? Last,
    [property: Id(5)] SpendAcknowledged? Acknowledged)
{
    /// <summary>Hash of the last receipt; zero before the first one.</summary>
    public Hash32 Head => Last?.Hash ?? Hash32.Zero;

    /// <summary>Base units spent but not acknowledged.</summary>
    public UInt128 Unacknowledged => Fees - (Acknowledged?.Cumulative ?? 0);

    /// <summary>Base units that are left of the cap.</summary>
    public UInt128 Rest => Terms.Cap - Fees;
}
