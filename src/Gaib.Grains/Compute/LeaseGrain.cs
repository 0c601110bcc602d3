using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Compute;

/// <summary>
/// One lease. What it must have paid follows from its stored trail, in a fixed order; so paying is telling the book the rest of that
/// list, and telling it twice changes nothing.
/// </summary>
[GrainType("gaib.lease")]
internal sealed class LeaseGrain(
    [PersistentState("lease", "gaib")] IPersistentState<Kept<LeaseKept>> kept, BookSender books, IClock clock)
    : KeptGrain<LeaseKept>(kept), ILeaseGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) => State is null ? Task.CompletedTask : TellAsync();

    public async Task<Outcome<Lease>> Open(string gpuClass)
    {
        if (State is null)
        {
            var id = Hash32.Parse(this.GetPrimaryKeyString());
            if (await GrainFactory.GetGrain<IMarketGrain>(gpuClass).GetTerms(id) is not { } terms)
            {
                return new Rejection(Reason.NotFound, Subject: id.ToString());
            }

            await KeepAsync(new LeaseKept(Lease.Open(terms), 0, false));
        }

        return State!.Lease;
    }

    public async Task<Outcome<Lease>> Apply(LeaseCommand command)
    {
        if (State is not { } stored)
        {
            return Reason.NotFound;
        }

        var decided = LeaseRule.Decide(stored.Lease, command, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        if (!decided.Value.IsEmpty)
        {
            await KeepAsync(stored with { Lease = decided.Value.Aggregate(stored.Lease, LeaseRule.Evolve) });
        }

        await TellAsync();
        return State!.Lease;
    }

    public Task<Lease?> Get() => Task.FromResult(State?.Lease);

    private async Task TellAsync()
    {
        var lease = State!.Lease;
        var due = LeasePayments.Expected(
            lease.Terms,
            lease.Rounds.Select(r => new BilledWork(r.Run, r.Round, r.Cause, r.Work, r.Rate)),
            lease.ClosedAt is not null,
            lease.EndReason);
        var ended = lease.ClosedAt is not null;
        if (State.Told == (ulong)due.Length && State.MarketTold == ended)
        {
            return;
        }

        await books.TellAsync(
            $"lease:{lease.Terms.Lease}", State.Told, [.. due.Skip((int)State.Told).Select(payment => TransferOf(lease.Terms, payment))]);
        if (ended && !State.MarketTold)
        {
            var spent = checked(lease.Paid + lease.Fee);
            var market = await GrainFactory.GetGrain<IMarketGrain>(lease.Terms.Class)
                .EndLease(new EndLease(lease.Terms.Lease, lease.EndReason, spent));
            if (!market.Accepted)
            {
                throw new InvalidOperationException($"The market refused the end of {lease.Terms.Lease}: {market.Rejection}");
            }
        }

        await KeepAsync(State with { Told = (ulong)due.Length, MarketTold = ended });
    }

    private static Transfer TransferOf(LeaseTerms terms, LeasePayment payment) => new()
    {
        Debit = AccountId.Of(AccountKind.Lease, terms.Lease),
        Credit = payment.Payee switch
        {
            LeasePayee.Host => AccountId.Person(terms.Host),
            LeasePayee.Renter => AccountId.Person(terms.Renter),
            _ => AccountId.Treasury,
        },
        Amount = payment.Amount,
        Cause = payment.Cause,
    };
}

/// <summary>What a lease's grain stores.</summary>
/// <param name="Lease">The rule's state.</param>
/// <param name="Told">How many of its payments the book has answered.</param>
/// <param name="MarketTold">The market knows of its end.</param>
[GenerateSerializer, Immutable]
internal sealed record LeaseKept([property: Id(0)] Lease Lease, [property: Id(1)] ulong Told, [property: Id(2)] bool MarketTold);
