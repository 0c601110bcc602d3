using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Models;

/// <summary>A prepaid session: one signature opens it, its key acknowledges the spend. Keyed by the session's id.</summary>
[Alias("gaib.session")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Moves the cap into the session's account and opens it.</summary>
    [Alias("open")]
    Task<Outcome<SessionState>> Open(Signed<OpenSession> command);

    /// <summary>Answers rows: served by a host, metered, paid and receipted in one piece.</summary>
    /// <param name="call">1, 2, 3 …; the last call may be asked again and gets the same answer.</param>
    /// <param name="rows">Feature bytes, row after row.</param>
    [Alias("infer")]
    Task<Outcome<Inference>> Infer(ulong call, ImmutableArray<byte> rows);

    /// <summary>The session key confirms what was spent so far.</summary>
    [Alias("acknowledge")]
    Task<Outcome<SessionState>> Acknowledge(Signed<Acknowledge> command);

    /// <summary>The payer ends the session and gets the rest back.</summary>
    [Alias("close")]
    Task<Outcome<SessionState>> Close(Signed<CloseSession> command);

    /// <summary>The session; null before it was opened.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<SessionState?> Get();

    /// <summary>The session with its price and its carried remainder; null before it was opened.</summary>
    [Alias("ledger"), AlwaysInterleave]
    Task<SessionLedger?> GetLedger();

    /// <summary>Served calls after one, in order, at most <paramref name="max"/>.</summary>
    [Alias("served"), AlwaysInterleave]
    Task<ImmutableArray<Inference>> ReadServed(ulong after, int max);

    /// <summary>
    /// All calls that were served in a host epoch; WrongState while that epoch runs on this session's clock. No call is added to it afterwards.
    /// </summary>
    [Alias("epoch"), AlwaysInterleave]
    Task<Outcome<ImmutableArray<Inference>>> ReadEpoch(ulong epoch);
}

/// <summary>A session with what its fees are computed from.</summary>
/// <param name="Session">The rule's state.</param>
/// <param name="Price">The price in force when it opened; it holds for the whole session.</param>
/// <param name="FeeRemainder">What the protocol fee's division left over so far, in millionths of a base unit.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.sessionLedger")]
public sealed record SessionLedger(
    [property: Id(0)] SessionState Session, [property: Id(1)] PriceRecord Price, [property: Id(2)] ulong FeeRemainder);

/// <summary>One answered call.</summary>
/// <param name="Receipt">What was paid for, hashed and chained.</param>
/// <param name="Input">The rows.</param>
/// <param name="Output">The answers, one a row, in the form of <see cref="Domain.Training.Prediction"/>.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.inference")]
public sealed record Inference(
    [property: Id(0)] Receipt Receipt, [property: Id(1)] ImmutableArray<byte> Input, [property: Id(2)] ImmutableArray<byte> Output);
