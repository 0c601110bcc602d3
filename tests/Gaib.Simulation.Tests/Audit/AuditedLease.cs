using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;
using Gaib.Grains.Compute;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>One activation of a lease: an outbox, whose stored state says what the book must have been told.</summary>
internal sealed class AuditedLease(Hash32 id, LeaseKept? stored, EventLog log) : ILeaseGrain
{
    private bool _isCalled;

    /// <summary>The grain, as it takes calls.</summary>
    public ILeaseGrain Calls { get; set; } = null!;

    /// <summary>What this activation has stored or found stored.</summary>
    public LeaseKept? Stored { get; private set; } = stored;

    /// <summary>The activation has stored a state: it may add to its trail, and take nothing from it.</summary>
    public void OnStored(LeaseKept next)
    {
        if (Stored is { } before)
        {
            var same = next.Lease.Rounds.Take(before.Lease.Rounds.Count).Zip(before.Lease.Rounds)
                .All(pair => (pair.First.Round, pair.First.Work, pair.First.Rate) == (pair.Second.Round, pair.Second.Work, pair.Second.Rate));
            log.Expect(true, same && next.Lease.Rounds.Count >= before.Lease.Rounds.Count && next.Told >= before.Told, "a lease's trail only grows");
        }

        log.Expect(true, next.Told <= (ulong)LeaseView.Payments(next.Lease).Count, "a lease has told no more than it must pay");
        Stored = next;
    }

    /// <summary>What it tells the book follows from its stored state: the payment of each place, and no other.</summary>
    public void OnAsked(string name, object?[] arguments)
    {
        if (name != "Submit" || arguments[0] is not BookRequest request)
        {
            return;
        }

        var payments = LeaseView.Payments(Stored!.Lease);
        foreach (var transfer in request.Transfers)
        {
            var (to, amount) = payments[(int)transfer.Sequence];
            log.Expect((to, amount), (transfer.Credit, (System.Numerics.BigInteger)transfer.Amount), "a lease's payment");
            log.Expect(AccountId.Of(AccountKind.Lease, id), transfer.Debit, "a lease pays out of its own account");
        }

        log.See(_isCalled ? "outbox told" : "outbox swept");
    }

    public async Task<Outcome<Lease>> Open(string gpuClass)
    {
        _isCalled = true;
        return Check(await Calls.Open(gpuClass), Reason.None);
    }

    public async Task<Outcome<Lease>> Apply(LeaseCommand command)
    {
        _isCalled = true;
        var refused = LeaseView.Refuse(Stored?.Lease, command);
        return Check(await Calls.Apply(command), refused);
    }

    public Task<Lease?> Get() => Calls.Get();

    private Outcome<Lease> Check(Outcome<Lease> outcome, Reason refused)
    {
        log.Expect(refused, outcome.Rejection?.Reason ?? Reason.None, "the lease refused otherwise");
        if (outcome.Accepted && !ReferenceEquals(outcome.Value, Stored!.Lease))
        {
            log.Blame($"a lease answered what is not stored: {outcome.Value}");
        }

        log.See($"lease reason {refused}");
        if (outcome is { Accepted: true, Value.ClosedAt: not null })
        {
            log.See($"lease ended {outcome.Value.EndReason}");
        }

        return outcome;
    }
}
