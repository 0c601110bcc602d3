using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Models;

/// <summary>
/// A prepaid session. A call is served, metered, paid and receipted by one request to the book, so that there is no receipt without
/// its payment. The journal's notes are the session's memory: an activation folds those after its last stored state.
/// </summary>
[GrainType("gaib.session")]
internal sealed partial class SessionGrain(
    [PersistentState("session", "gaib")] IPersistentState<Kept<SessionKept>> kept,
    BookSender books,
    Network network,
    ICommandVerifier verifier,
    IClock clock) : KeptGrain<SessionKept>(kept), ISessionGrain
{
    private const int StoreEveryNotes = 1_024;

    private SessionKept? _live;
    private ModelView _model = null!;
    private SessionHosts _hosts = null!;
    private SessionJournal _journal = null!;
    private Inference? _last;
    private Task _paying = Task.CompletedTask;

    private Hash32 Id => Hash32.Parse(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken) => State is null ? Task.CompletedTask : LoadAsync();

    public async Task<Outcome<SessionState>> Open(Signed<OpenSession> command)
    {
        var asked = command.Command;
        if (_live is { Session: var open })
        {
            var terms = new SessionOpened(Id, asked.Model, asked.Account, asked.Key, asked.Cap, asked.Window, asked.Expiry);
            return open.Terms == terms ? open : new Rejection(Reason.NonceUsed, 0, (Int128)asked.Nonce);
        }

        if (await GrainFactory.Get<IModelGrain>(asked.Model).Get() is not { } model)
        {
            return new Rejection(Reason.NotFound, Subject: "model");
        }

        // What the book has taken is decided: if only its keeping was cut short, the session's expiry no longer matters.
        var taken = await GrainFactory.BookOf(network, AccountId.Person(asked.Account)).GetCommandSequence(verifier.Digest(asked)) is not null;
        var decided = SessionRule.Open(network.Id, asked, model.State, taken ? 0 : clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        // One opening opens one session: elsewhere it would spend the same cap a second time.
        var opened = (SessionOpened)decided.Value;
        if (opened.Id != Id)
        {
            return new Rejection(Reason.NotFound, Subject: "session");
        }

        var executed = await books.ExecuteAsync(verifier, network, command, SessionTransfers.Escrow(opened));
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        // The price in force at the opening holds for the whole session: nobody pays more than what stood there when they signed.
        var price = model.State.PriceAt(await OpenedAtAsync(opened, executed.Value))!;
        await KeepAsync(new SessionKept(SessionRule.Evolve(null, opened), price, 0, 0, command.Signature));
        try
        {
            await LoadAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        return _live!.Session;
    }

    public async Task<Outcome<Inference>> Infer(ulong call, ImmutableArray<byte> rows)
    {
        if (_live is not { } live)
        {
            return Reason.NotFound;
        }

        var features = _model.Shape.Features;
        if (rows.IsDefaultOrEmpty || rows.Length % features != 0)
        {
            return new Rejection(Reason.SampleInvalid, features, rows.IsDefault ? 0 : rows.Length, "rows");
        }

        // An answer has a class and a number for each of them; what would not fit a note is refused before anybody works for it.
        var units = (uint)(rows.Length / features);
        if (rows.Length + (units * 4L * (_model.Shape.Classes + 2)) > ServedNote.BytesMax)
        {
            return new Rejection(Reason.SampleInvalid, ServedNote.BytesMax / (features + (4 * (_model.Shape.Classes + 2))), units, "rows");
        }

        var inputHash = Keccak.Hash(rows.AsSpan());
        var admitted = SessionRule.Admit(live.Session, live.Price, call, units, inputHash, clock.Now);
        if (!admitted.Accepted)
        {
            return admitted.Rejection;
        }

        return admitted.Value.Answered is null
            ? await ServeAsync(live, call, units, inputHash, rows)
            : _last ?? (await ReadServed(call - 1, 1))[0];
    }

    public async Task<Outcome<SessionState>> Acknowledge(Signed<Acknowledge> command)
    {
        if (_live is not { } live)
        {
            return Reason.NotFound;
        }

        var signer = verifier.Recover(command.Command, command.Signature);
        if (!signer.Accepted)
        {
            return signer.Rejection;
        }

        var decided = SessionRule.Acknowledge(live.Session, command.Command, signer.Value, [.. command.Signature.ToArray()]);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var acknowledged = (SpendAcknowledged)decided.Value;
        if (acknowledged != live.Session.Acknowledged)
        {
            await SubmitAsync([], new AcknowledgedNote(acknowledged));
        }

        return _live.Session;
    }

    private async Task<Outcome<Inference>> ServeAsync(SessionKept live, ulong call, uint units, Hash32 inputHash, ImmutableArray<byte> rows)
    {
        var answered = await _hosts.AskAsync(call, rows, network.EpochAt(clock.Now));
        if (!answered.Accepted)
        {
            return answered.Rejection;
        }

        // The call belongs to the epoch in which it is paid: from here on until the book is asked, nobody else has a turn. So whoever
        // reads an epoch that is over waits for at most one payment.
        var (gpu, host, output) = answered.Value;
        var now = clock.Now;
        for (; !_hosts.Knows(host, network.EpochAt(now)); now = clock.Now)
        {
            await _hosts.TellAsync(host, network.EpochAt(now));
        }

        var epoch = network.EpochAt(now);
        var served = new ServedCall(
            call, units, inputHash, Keccak.Hash(output.AsSpan()), gpu, host, _model.State.Record.WeightsHash);
        var metered = SessionRule.Meter(live.Session, live.Price, served, now);
        if (!metered.Accepted)
        {
            return metered.Rejection;
        }

        var note = new ServedNote(metered.Value, rows, output);
        var split = FeeRule.Split(live.Price, units, network.Parameters.ProtocolFeePpm, live.FeeRemainder);
        await (_paying = SubmitAsync(SessionTransfers.Of(metered.Value, split, epoch), note));
        var inference = new Inference(metered.Value, rows, output);
        _last = _live!.Session.Seq == call ? inference : null;
        _ = GrainFactory.Get<IPoolGrain>(live.Session.Terms.Model).Fed();
        return inference;
    }

    /// <summary>Sends a note with its transfers to the book, and takes it into the session once the book has it.</summary>
    private async Task SubmitAsync(ImmutableArray<Transfer> transfers, SessionNote note)
    {
        var live = _live!;
        try
        {
            var isKnown = await _journal.WriteAsync(live.Session.Seq, transfers, note, live.Notes);
            _live = isKnown ? await FoldAsync() : live.With(note, network);
        }
        catch (Exception fault) when (fault is not BookBusyException)
        {
            // Whether the book has it is unknown; the next activation reads the journal and knows. What was not sent it does not have.
            DeactivateOnIdle();
            throw;
        }

        if (_live.Notes % StoreEveryNotes == 0)
        {
            await KeepAsync(_live);
        }
    }

    private async Task LoadAsync()
    {
        var stored = State!;
        _model = (await GrainFactory.Get<IModelGrain>(stored.Session.Terms.Model).Get())!;
        _hosts = new SessionHosts(GrainFactory, Id, _model);
        _journal = new SessionJournal(books, Id);
        _live = await FoldAsync();
    }

    /// <summary>What is stored, with all notes after it.</summary>
    private async Task<SessionKept> FoldAsync()
    {
        var live = State!;
        await foreach (var note in _journal.ReadAsync(live.Notes))
        {
            live = live.With(note, network);
        }

        return live;
    }
}
