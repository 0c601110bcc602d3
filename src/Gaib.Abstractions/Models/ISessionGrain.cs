using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;

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
    [Alias("get")]
    Task<SessionState?> Get();

    /// <summary>Served calls after one, in order, at most <paramref name="max"/>.</summary>
    [Alias("served")]
    Task<ImmutableArray<Inference>> ReadServed(ulong after, int max);
}

/// <summary>One answered call.</summary>
/// <param name="Receipt">What was paid for, hashed and chained.</param>
/// <param name="Input">The rows.</param>
/// <param name="Output">The answers, one a row, in the form of <see cref="Domain.Training.Prediction"/>.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.inference")]
public sealed record Inference(
    [property: Id(0)] Receipt Receipt, [property: Id(1)] ImmutableArray<byte> Input, [property: Id(2)] ImmutableArray<byte> Output);
