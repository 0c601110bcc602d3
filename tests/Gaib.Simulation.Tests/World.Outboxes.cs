using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;
using Gaib.Grains.Compute;
using Gaib.Grains.Models;
using Gaib.Simulation.Tests.Audit;
using Gaib.Simulation.Tests.Callers;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests;

internal sealed partial class World
{
    private readonly List<SessionCaller> _apps = [];
    private readonly LeaseTerms[] _leases = [.. Enumerable.Range(0, 2).Select(LeaseCaller.TermsOf)];

    private Activation MakeSession(GrainId id)
    {
        Activation made = null!;
        AuditedSession audited = null!;
        var clock = _machines[0].Clock;
        var session = Hash32.Parse(id.Key.ToString()!);
        var kept = _storage.Open<Kept<SessionKept>>(id, state => state.Value, (state, value) => state.Value = (SessionKept)value, OnStored);
        audited = new AuditedSession(
            session, kept.State.Value is { } stored ? SessionView.Of(stored) : null, _network, clock, _verifier, Log);
        var factory = _silo.Factory(_machines[0].Process, (_, name, arguments) => audited.OnAsked(name, arguments), audited.OnAnswered);
        var grain = OrleansParts.Make(
            id, factory, () => Deactivate(made), () => new SessionGrain(kept, SenderOf(factory, audited.OnAsked, audited.OnAnswered), _network, _verifier, clock));
        audited.Calls = grain;
        made = new Activation(
            id, audited, () => grain.OnActivateAsync(CancellationToken.None), () => grain.OnDeactivateAsync(default, CancellationToken.None), isReentrant: false);
        return made;

        void OnStored(object state) => audited.OnStored(CheckStored(session, (SessionKept)state));
    }

    private Activation MakeLease(GrainId id)
    {
        Activation made = null!;
        AuditedLease audited = null!;
        var kept = _storage.Open<Kept<LeaseKept>>(id, state => state.Value, (state, value) => state.Value = (LeaseKept)value, OnStored);
        audited = new AuditedLease(Hash32.Parse(id.Key.ToString()!), kept.State.Value, Log);
        var factory = _silo.Factory(_machines[0].Process, (_, name, arguments) => audited.OnAsked(name, arguments));
        var grain = OrleansParts.Make(
            id, factory, () => Deactivate(made), () => new LeaseGrain(kept, SenderOf(factory, audited.OnAsked), _machines[0].Clock));
        audited.Calls = grain;
        made = new Activation(
            id, audited, () => grain.OnActivateAsync(CancellationToken.None), () => grain.OnDeactivateAsync(default, CancellationToken.None), isReentrant: false);
        return made;

        void OnStored(object state) => audited.OnStored((LeaseKept)state);
    }

    /// <summary>
    /// What a session stores is the fold of its first notes: with the others folded on, it must be the fold of all of them, whichever
    /// activation stored it.
    /// </summary>
    private SessionView CheckStored(Hash32 session, SessionKept kept)
    {
        var (view, ppm) = (SessionView.Of(kept), Services.Network.Parameters.ProtocolFeePpm);
        var notes = History.Durable.NotesOf(session);
        var all = notes.Aggregate(SessionView.Open(view.Terms, Services.Price) with { Phase = view.Phase }, (state, note) => state.With(note, ppm));
        var folded = notes.Skip((int)kept.Notes).Aggregate(view, (state, note) => state.With(note, ppm));
        Log.Expect(all.Sum, folded.Sum, "a session's stored state");
        return view;
    }

    private void BeginOutboxes()
    {
        for (var i = 0; i < 2; i++)
        {
            _apps.Add(new SessionCaller(_outside, i));
            _callers.Add(_apps[i].RunAsync());
        }

        foreach (var terms in _leases)
        {
            _services.Agree(terms);
            _callers.Add(new LeaseCaller(_outside, terms).RunAsync());
        }
    }

    /// <summary>Every session and every lease at the end: what it says, and what lies in its account.</summary>
    private void EndOfOutboxes()
    {
        foreach (var terms in _leases)
        {
            // A lease that was told of its end and could not tell the book does so when it starts.
            Ask(() => _outside.Grains.Get<ILeaseGrain>(terms.Lease).Get());
        }

        ReadAgain();
        var ledger = History.Last.Now;
        foreach (var id in _apps.SelectMany(app => app.Opened))
        {
            var state = Ask(() => _outside.Grains.Get<ISessionGrain>(id).Get());
            var kept = (SessionKept)_storage.Find(SimulatedSilo.IdOf(typeof(ISessionGrain), id.ToString()))!;
            var notes = ledger.NotesOf(id).Aggregate(
                SessionView.Open(kept.Session.Terms, Services.Price) with { Phase = kept.Session.Phase },
                (view, note) => view.With(note, Services.Network.Parameters.ProtocolFeePpm));
            Assert.Null(notes.Compare(state!));
            var held = ledger.Held.GetValueOrDefault((AccountId.Of(AccountKind.Session, id), AssetId.Gaib));
            var expected = state!.Phase == Domain.Models.SessionPhase.Open ? notes.Refund : 0;
            Assert.True(expected == (UInt128)held.Available, $"session {id} is {notes.Sum}, and its account has {held}");
            Log.Write($"session {id} {state.Seq} {state.Fees}");
        }

        foreach (var terms in _leases)
        {
            var lease = Ask(() => _outside.Grains.Get<ILeaseGrain>(terms.Lease).Get())!;
            var paid = LeaseView.Payments(lease).Aggregate(System.Numerics.BigInteger.Zero, (sum, payment) => sum + payment.Amount);
            var held = History.Last.Now.Held[(AccountId.Of(AccountKind.Lease, terms.Lease), AssetId.Gaib)];
            Assert.NotNull(lease.ClosedAt);
            Assert.Equal((paid, (System.Numerics.BigInteger)0), (held.Out, held.Available));
        }
    }

    private T Ask<T>(Func<Task<T>> call)
    {
        var asked = _outside.RetryAsync(call);
        Drain(() => asked.IsCompleted, "last questions");
        return asked.GetAwaiter().GetResult();
    }
}
