using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Callers;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>
/// One activation of a session with the auditor beside it, which knows what the activation was told by the book and nothing else, and says
/// from that what it must answer and what it must ask of the book.
/// </summary>
internal sealed class AuditedSession(Hash32 id, SessionView? stored, Network network, WorldClock clock, SimulatedVerifier verifier, EventLog log) : ISessionGrain
{
    private SessionView? _stored = stored;
    private bool _isLoading = true;
    private long _decidedAt;
    private Rejection? _refusedByBook;
    private bool _isRefused;

    /// <summary>The grain, as it takes calls.</summary>
    public ISessionGrain Calls { get; set; } = null!;

    /// <summary>The session, as this activation must see it; null before it was opened.</summary>
    public SessionView? View { get; private set; } = stored;

    /// <summary>What the activation asks of others, before it is sent.</summary>
    public void OnAsked(string name, object?[] arguments)
    {
        if (name == "Submit" && arguments[0] is BookRequest { Command: null, Notes: [var note] } request)
        {
            CheckPayment(request, SessionNote.Decode(note.Bytes.AsSpan()));
        }
    }

    /// <summary>What the activation is told.</summary>
    public void OnAnswered(string name, object?[] arguments, object? answer)
    {
        log.Write($"session {id} heard of {name}");
        switch (name)
        {
            case "GetCommandSequence":
                _decidedAt = answer is null ? clock.Now : 0;
                break;
            case "ReadNotes" when _isLoading && View is not null:
                // Page after page; after the last one there is none.
                var page = (ImmutableArray<ImmutableArray<byte>>)answer!;
                _isLoading = !page.IsEmpty;
                View = page.Aggregate(View, (view, note) => view.With(note, network.Parameters.ProtocolFeePpm));
                break;
            case "Submit" when arguments[0] is BookRequest { Notes: [_] } && answer is BookReply { Applied: true, Repeated: true }:
                // Somebody may have noted more since: it is read again from what is stored.
                (View, _isLoading, _isRefused) = (_stored, true, false);
                break;
            case "Submit" when arguments[0] is BookRequest { Command: not null } request:
                (_refusedByBook, _isRefused) = (((BookReply)answer!).Rejection, ((BookReply)answer).Rejection is not null);
                View = request.Notes is [var closing] && !_isRefused ? View!.With(closing.Bytes, network.Parameters.ProtocolFeePpm) : View;
                break;
            case "Submit" when arguments[0] is BookRequest { Notes: [var note] } && ((BookReply)answer!).Applied:
                View = View!.With(note.Bytes, network.Parameters.ProtocolFeePpm);
                break;
            default:
                break;
        }
    }

    public async Task<Outcome<SessionState>> Open(Signed<OpenSession> command)
    {
        var asked = command.Command;
        var terms = new SessionOpened(id, asked.Model, asked.Account, asked.Key, asked.Cap, asked.Window, asked.Expiry);
        var before = View;
        _isRefused = false;
        var outcome = await Calls.Open(command);
        var refused = before is not null ? before.Terms == terms ? null : new Rejection(Reason.NonceUsed, 0, (Int128)asked.Nonce)
            : asked.Model == Cast.Models[3] ? new Rejection(Reason.ModelNotIssued, Subject: "price")
            : asked.Expiry <= _decidedAt ? new Rejection(Reason.FieldOutOfRange, (Int128)_decidedAt + 1, asked.Expiry, "expiry")
            : asked.Cap == 0 || asked.Window == 0 ? new Rejection(Reason.FieldOutOfRange, 1, 0, asked.Cap == 0 ? "cap" : "window")
            : id != Ids.Derive(network.Id, "session", asked.Account, asked.Nonce) ? new Rejection(Reason.NotFound, Subject: "session")
            : _isRefused ? _refusedByBook
            : null;
        return Check(outcome, refused, nameof(Open));
    }

    /// <summary>The grain has stored that the session is open, or closed.</summary>
    public void OnStored(SessionView now)
    {
        _stored = now;
        log.Write($"session {id} stored: {now.Sum}");
        if (View is null)
        {
            (View, _isLoading) = (now, true);
        }
        else
        {
            View = View with { Phase = now.Phase };
        }
    }

    public async Task<Outcome<Inference>> Infer(ulong call, ImmutableArray<byte> rows)
    {
        var view = View;
        var (refused, answered) = view is null ? (new Rejection(Reason.NotFound), null) : view.Admit(call, rows, Services.Shape.Features, clock.Now);
        var outcome = await Calls.Infer(call, rows);
        if (refused is null && answered is null && !outcome.Accepted)
        {
            // The hosts were asked meanwhile: none answered, or the session's time was over when one did.
            refused = outcome.Rejection.Reason == Reason.NoHost ? new Rejection(Reason.NoHost) : view!.Admit(call, rows, Services.Shape.Features, clock.Now).Refused;
        }

        log.Expect(refused, outcome.Rejection, "Infer was refused otherwise");
        if (outcome.Accepted)
        {
            log.Expect(call, outcome.Value.Receipt.Seq, "Infer gave another call");
            if (answered is not null || View!.Calls == call)
            {
                log.Expect(answered ?? View!.Last, outcome.Value.Receipt, "Infer gave another receipt");
            }

            log.Expect(true, outcome.Value.Input.SequenceEqual(rows), "Infer gave the rows back");
        }

        log.See(answered is not null ? "call repeated" : $"session reason {outcome.Rejection?.Reason ?? Reason.None}");
        return outcome;
    }

    public async Task<Outcome<SessionState>> Acknowledge(Signed<Acknowledge> command)
    {
        var signer = verifier.Recover(command.Command, command.Signature);
        var refused = View is null ? new Rejection(Reason.NotFound) : signer.Accepted ? View.Refuse(command.Command, signer.Value) : signer.Rejection;
        return Check(await Calls.Acknowledge(command), refused, nameof(Acknowledge));
    }

    public async Task<Outcome<SessionState>> Close(Signed<CloseSession> command)
    {
        var refused = View is null ? new Rejection(Reason.NotFound) : View.Refuse(command.Command);
        _isRefused = false;
        var outcome = await Calls.Close(command);
        if (outcome.Accepted && refused is { Reason: Reason.SessionClosed })
        {
            // The same closing again is answered the same; another one would have been refused.
            refused = null;
            log.See("close repeated");
        }

        return Check(outcome, refused ?? (_isRefused ? _refusedByBook : null), nameof(Close));
    }

    public async Task<SessionState?> Get()
    {
        var expected = View;
        var state = await Calls.Get();
        if (state is not null && expected?.Compare(state) is { } differs && View?.Compare(state) is not null)
        {
            log.Blame($"Get: {differs}");
        }

        return state;
    }

    public Task<SessionLedger?> GetLedger() => Calls.GetLedger();

    public Task<ImmutableArray<Inference>> ReadServed(ulong after, int max) => Calls.ReadServed(after, max);

    public Task<Outcome<ImmutableArray<Inference>>> ReadEpoch(ulong epoch) => Calls.ReadEpoch(epoch);

    private Outcome<SessionState> Check(Outcome<SessionState> outcome, Rejection? refused, string what)
    {
        log.Expect(refused, outcome.Rejection, $"{what} was refused otherwise");
        if (outcome.Accepted && View!.Compare(outcome.Value) is { } differs)
        {
            log.Blame($"{what}: {differs}");
        }

        log.See($"session reason {outcome.Rejection?.Reason ?? Reason.None}");
        log.Write($"{what} of {id}: {View?.Sum}");
        return outcome;
    }

    private void CheckPayment(BookRequest request, SessionNote note)
    {
        var calls = View!.Calls;
        if (note is not ServedNote served)
        {
            log.Expect(true, request.Transfers.IsEmpty, "an acknowledgement moves nothing");
            return;
        }

        log.Expect(View.Next(served, clock.Now), served.Receipt, "the receipt");
        var (protocol, host, fed, _) = View.Split(served.Receipt.Units, network.Parameters.ProtocolFeePpm);
        var epoch = network.EpochAt(clock.Now);
        var parts = new[] { (AccountId.Treasury, protocol), (HeldFees.Account(served.Receipt.Host, epoch), host), (Cast.Pools[0], fed) }
            .Where(part => part.Item2 > 0).ToArray();
        var expected = parts.Select((part, i) => new Transfer
        {
            Id = Transfer.IdOf(request.Writer, (3 * calls) + (ulong)i),
            Debit = AccountId.Of(AccountKind.Session, id),
            Credit = part.Item1,
            Amount = (UInt128)part.Item2,
            Cause = served.Receipt.Hash,
            Flags = i + 1 < parts.Length ? TransferFlags.Linked : TransferFlags.None,
        });
        log.Expect(true, request.Transfers.SequenceEqual(expected) && request.AnsweredThrough == 3 * calls, "a call is paid as its receipt says");
    }
}
