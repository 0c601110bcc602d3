using System.Collections.Immutable;
using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Models;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>
/// A session as the design says it: how many calls, how much, what was acknowledged. Written without the session's rule; what it shares are
/// the messages and the form of a note. A note that comes twice, or late, changes nothing.
/// </summary>
internal sealed record SessionView(
    SessionOpened Terms, PriceRecord Price, Receipt? Last, BigInteger Fees, SpendAcknowledged? Acknowledged, BigInteger Remainder, SessionPhase Phase)
{
    private static readonly BigInteger Million = 1_000_000;

    public ulong Calls => Last?.Seq ?? 0;

    /// <summary>All that matters of it, in one line.</summary>
    public string Sum => $"{Phase}: {Calls} calls, {Fees} spent, {Acknowledged?.Cumulative ?? 0} acknowledged, {Remainder} left, {Head}";

    private BigInteger Rest => Terms.Cap - Fees;

    private Hash32 Head => Last?.Hash ?? Hash32.Zero;

    /// <summary>A session that has just been opened.</summary>
    public static SessionView Open(SessionOpened terms, PriceRecord price) => new(terms, price, null, 0, null, 0, SessionPhase.Open);

    /// <summary>What a stored state says.</summary>
    public static SessionView Of(SessionKept kept) => new(
        kept.Session.Terms, kept.Price, kept.Session.Last, kept.Session.Fees, kept.Session.Acknowledged, kept.FeeRemainder, kept.Session.Phase);

    /// <summary>The session after a note.</summary>
    public SessionView With(ImmutableArray<byte> note, uint feePpm) => SessionNote.Decode(note.AsSpan()) switch
    {
        ServedNote { Receipt: var receipt } when receipt.Seq > Calls => this with
        {
            Last = receipt, Fees = Fees + receipt.Fee, Remainder = Split(receipt.Units, feePpm).Left,
        },
        AcknowledgedNote { Acknowledged: var said } when Acknowledged is null || said.Cumulative > Acknowledged.Cumulative => this with { Acknowledged = said },
        ClosedNote when Phase == SessionPhase.Open => this with { Phase = SessionPhase.Closed },
        _ => this,
    };

    /// <summary>Why a call is refused, or null; and its receipt if it was answered before.</summary>
    public (Rejection? Refused, Receipt? Answered) Admit(ulong call, ImmutableArray<byte> rows, int features, long now)
    {
        if (rows.IsDefaultOrEmpty || rows.Length % features != 0)
        {
            return (new Rejection(Reason.SampleInvalid, features, rows.IsDefault ? 0 : rows.Length, "rows"), null);
        }

        var units = rows.Length / features;
        if (call <= Calls)
        {
            return Last is null || call < Calls ? (new Rejection(Reason.TooOld, Calls, call, "call"), null)
                : Last.Units != units || Last.InputHash != Keccak.Hash(rows.AsSpan()) ? (new Rejection(Reason.IdReused, Last.Units, units, "call"), null)
                : (null, Last);
        }

        var fee = (BigInteger)Price.UnitPrice * units;
        var open = Fees - (Acknowledged?.Cumulative ?? 0) + fee;
        return (Phase != SessionPhase.Open || now >= Terms.Expiry ? new Rejection(Reason.SessionClosed, Terms.Expiry, now)
            : call > Calls + 1 ? new Rejection(Reason.FieldOutOfRange, (Int128)Calls + 1, call, "call")
            : fee > Rest ? new Rejection(Reason.SessionCapExceeded, (Int128)Rest, (Int128)fee)
            : open > Terms.Window ? new Rejection(Reason.AcknowledgementDue, (Int128)(BigInteger)Terms.Window, (Int128)open)
            : null, null);
    }

    /// <summary>Why an acknowledgement is refused, or null.</summary>
    public Rejection? Refuse(Acknowledge said, Address signer) =>
        said.Session != Terms.Id ? new Rejection(Reason.NotFound, Subject: said.Session.ToString())
        : signer != Terms.Key ? new Rejection(Reason.SignerNotAuthorised, Subject: signer.ToString())
        : Last is null || said.Cumulative != Fees || said.Head != Head
            ? new Rejection(Reason.AcknowledgementInvalid, (Int128)Fees, (Int128)said.Cumulative, Head.ToString())
            : null;

    /// <summary>Why a closing is refused, or null.</summary>
    public Rejection? Refuse(CloseSession asked) =>
        asked.Session != Terms.Id ? new Rejection(Reason.NotFound, Subject: asked.Session.ToString())
        : asked.Account != Terms.Payer ? new Rejection(Reason.SignerNotAuthorised, Subject: asked.Account.ToString())
        : Phase != SessionPhase.Open ? new Rejection(Reason.SessionClosed, Terms.Expiry)
        : null;

    /// <summary>What goes back to the payer at the end.</summary>
    public UInt128 Refund => (UInt128)Rest;

    /// <summary>How a call's fee is divided, in whole base units, and what is left of the division.</summary>
    public (BigInteger Protocol, BigInteger Host, BigInteger Fed, BigInteger Left) Split(uint units, uint feePpm)
    {
        var fee = (BigInteger)Price.UnitPrice * units;
        var protocol = BigInteger.DivRem((fee * feePpm) + Remainder, Million, out var left);
        var host = (BigInteger)Price.HostUnitFee * units;
        return (protocol, host, fee - protocol - host, left);
    }

    /// <summary>The receipt that the next call must get.</summary>
    public Receipt Next(ServedNote served, long now) => new(
        Terms.Id, Calls + 1, Terms.Model, Price.Id, served.Receipt.Units, Price.UnitPrice * served.Receipt.Units, served.Receipt.Gpu, served.Receipt.Host,
        served.Receipt.Weights, Keccak.Hash(served.Input.AsSpan()), Keccak.Hash(served.Output.AsSpan()), now, Head);

    /// <summary>What of a grain's state is not so; null when all is.</summary>
    public string? Compare(SessionState state) =>
        state.Terms != Terms ? $"terms {state.Terms}"
        : (state.Seq, state.Fees, state.Last, state.Phase) != (Calls, (UInt128)Fees, Last, Phase) ? $"{state.Phase}: {state.Seq} calls, {state.Fees} spent, {state.Head}, not {Sum}"
        : (state.Acknowledged?.Cumulative, state.Acknowledged?.Head) != (Acknowledged?.Cumulative, Acknowledged?.Head)
            ? $"acknowledged {state.Acknowledged?.Cumulative}, not {Acknowledged?.Cumulative}"
            : null;
}
