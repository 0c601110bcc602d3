using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>What a session says to a call before a worker sees it.</summary>
/// <param name="Fee">Base units that the call will cost, or has cost.</param>
/// <param name="Answered">The receipt of the same call if it was answered already; nobody executes it again then.</param>
[GenerateSerializer, Immutable]
public sealed record CallAdmitted([property: Id(0)] UInt128 Fee, [property: Id(1)] Receipt? Answered);

/// <summary>
/// A prepaid session: open, metered calls, acknowledgements, closed or expired. Calls are numbered by their payer, so that with
/// nothing but the last receipt kept, a repeated call gets the same receipt, and no call is ever charged twice.
/// </summary>
public static class SessionRule
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Opens a session on an issued model with a price.</summary>
    /// <param name="genesis">The network's genesis hash, for the session's id.</param>
    /// <param name="command">The payer's command, its signature, nonce and deadline already checked.</param>
    /// <param name="model">The model.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static Outcome<SessionEvent> Open(Hash32 genesis, OpenSession command, ModelState model, long now)
    {
        if (command.Model != model.Record.Id)
        {
            return new Rejection(Reason.NotFound, Subject: command.Model.ToString());
        }

        if (model.Issue is null || model.Prices.IsEmpty)
        {
            return new Rejection(model.Issue is null ? Reason.ModelNotIssued : Reason.NotFound, Subject: "price");
        }

        if (command.Expiry <= now)
        {
            return new Rejection(Reason.FieldOutOfRange, (Int128)now + 1, command.Expiry, "expiry");
        }

        if (command.Cap == 0 || command.Window == 0 || command.Key.IsZero)
        {
            return new Rejection(Reason.FieldOutOfRange, 1, 0, command.Cap == 0 ? "cap" : command.Window == 0 ? "window" : "key");
        }

        var id = Ids.Derive(genesis, "session", command.Account, command.Nonce);
        return new SessionOpened(
            id, command.Model, command.Account, command.Key, command.Cap, command.Window, command.Expiry);
    }

    /// <summary>Says whether a call may be executed, and what it costs.</summary>
    /// <param name="session">The session.</param>
    /// <param name="price">The price in force.</param>
    /// <param name="call">The payer's number of the call.</param>
    /// <param name="units">Input rows.</param>
    /// <param name="inputHash">Hash of the input.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static Outcome<CallAdmitted> Admit(
        SessionState session, PriceRecord price, ulong call, uint units, Hash32 inputHash, long now)
    {
        if (call <= session.Seq)
        {
            return Repeat(session, call, units, inputHash);
        }

        if (session.Phase != SessionPhase.Open || now >= session.Terms.Expiry)
        {
            return new Rejection(Reason.SessionClosed, session.Terms.Expiry, now);
        }

        if (call != session.Seq + 1 || units is 0 or > FeeRule.UnitsLimit)
        {
            return call != session.Seq + 1
                ? new Rejection(Reason.FieldOutOfRange, (Int128)session.Seq + 1, call, "call")
                : new Rejection(Reason.FieldOutOfRange, FeeRule.UnitsLimit, units, "units");
        }

        var fee = FeeRule.FeeOf(price, units);
        if (fee > session.Rest)
        {
            return new Rejection(Reason.SessionCapExceeded, session.Rest.Saturate(), fee.Saturate());
        }

        var unacknowledged = session.Unacknowledged + fee;
        return unacknowledged > session.Terms.Window
            ? new Rejection(Reason.AcknowledgementDue, session.Terms.Window.Saturate(), unacknowledged.Saturate())
            : new CallAdmitted(fee, null);
    }

    /// <summary>Meters an answered call: the new receipt, or the receipt that the same call has already.</summary>
    /// <param name="session">The session.</param>
    /// <param name="price">The price in force.</param>
    /// <param name="served">What the worker did.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static Outcome<Receipt> Meter(SessionState session, PriceRecord price, ServedCall served, long now)
    {
        var admitted = Admit(session, price, served.Call, served.Units, served.InputHash, now);
        if (!admitted.Accepted)
        {
            return admitted.Rejection;
        }

        return admitted.Value.Answered ?? new Receipt(
            session.Terms.Id, served.Call, session.Terms.Model, price.Id, served.Units, admitted.Value.Fee, served.Gpu, served.Host,
            served.Weights, served.InputHash, served.OutputHash, now, session.Head);
    }

    /// <summary>Takes the session key's acknowledgement of everything so far. The same one again changes nothing.</summary>
    /// <param name="session">The session.</param>
    /// <param name="command">The acknowledgement.</param>
    /// <param name="signer">Whom its signature recovers to.</param>
    /// <param name="signature">The signature, kept as evidence.</param>
    public static Outcome<SessionEvent> Acknowledge(
        SessionState session, Acknowledge command, Address signer, ImmutableArray<byte> signature)
    {
        if (command.Session != session.Terms.Id)
        {
            return new Rejection(Reason.NotFound, Subject: command.Session.ToString());
        }

        if (signer != session.Terms.Key)
        {
            return new Rejection(Reason.SignerNotAuthorised, Subject: signer.ToString());
        }

        if (session.Last is null || command.Cumulative != session.Fees || command.Head != session.Head)
        {
            return new Rejection(
                Reason.AcknowledgementInvalid, session.Fees.Saturate(), command.Cumulative.Saturate(), session.Head.ToString());
        }

        return session.Acknowledged is { } known && known.Cumulative == command.Cumulative && known.Head == command.Head
            ? known
            : new SpendAcknowledged(command.Cumulative, command.Head, signature);
    }

    /// <summary>Closes the session for its payer.</summary>
    /// <param name="session">The session.</param>
    /// <param name="command">The payer's command, its signature, nonce and deadline already checked.</param>
    public static Outcome<SessionEvent> Close(SessionState session, CloseSession command)
    {
        if (command.Session != session.Terms.Id)
        {
            return new Rejection(Reason.NotFound, Subject: command.Session.ToString());
        }

        if (command.Account != session.Terms.Payer)
        {
            return new Rejection(Reason.SignerNotAuthorised, Subject: command.Account.ToString());
        }

        return session.Phase == SessionPhase.Open
            ? new SessionEnded(SessionPhase.Closed, session.Rest)
            : new Rejection(Reason.SessionClosed, session.Terms.Expiry);
    }

    /// <summary>Ends the session when its time is over.</summary>
    public static Outcome<SessionEvent> Expire(SessionState session, long now)
    {
        if (session.Phase != SessionPhase.Open)
        {
            return new Rejection(Reason.SessionClosed, session.Terms.Expiry, now);
        }

        return now >= session.Terms.Expiry
            ? new SessionEnded(SessionPhase.Expired, session.Rest)
            : new Rejection(Reason.WrongState, session.Terms.Expiry, now, "expiry");
    }

    /// <summary>
    /// The state after an event; the state before is null exactly for the opening. An event that comes twice or late, as a note of a
    /// message that was overtaken, changes nothing: what was acknowledged never falls, and a call is metered once.
    /// </summary>
    public static SessionState Evolve(SessionState? session, SessionEvent happened) => (session, happened) switch
    {
        (null, SessionOpened terms) => new SessionState(terms, SessionPhase.Open, 0, 0, null, null),
        (not null, CallMetered { Receipt: var receipt }) when receipt.Seq <= session.Seq => session,
        (not null, CallMetered { Receipt: var receipt }) when receipt.Seq == session.Seq + 1 =>
            session with { Seq = receipt.Seq, Fees = checked(session.Fees + receipt.Fee), Last = receipt },
        (not null, SpendAcknowledged acknowledged) when acknowledged.Cumulative < session.Acknowledged?.Cumulative => session,
        (not null, SpendAcknowledged acknowledged) => session with { Acknowledged = acknowledged },
        (not null, SessionEnded ended) => session with { Phase = ended.Phase },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} does not follow here."),
    };

    private static Outcome<CallAdmitted> Repeat(SessionState session, ulong call, uint units, Hash32 inputHash)
    {
        if (session.Last is not { } last || call < last.Seq)
        {
            return new Rejection(Reason.TooOld, session.Seq, call, "call");
        }

        return last.InputHash == inputHash && last.Units == units
            ? new CallAdmitted(last.Fee, last)
            : new Rejection(Reason.IdReused, last.Units, units, "call");
    }
}
