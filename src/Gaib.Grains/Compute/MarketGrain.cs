using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Compute;

/// <summary>
/// The market of one class. An order is matched, the match is stored, and only then the caps are escrowed: a restart in between finds
/// the match and asks the book again, which answers as it did the first time.
/// </summary>
[GrainType("gaib.market")]
internal sealed class MarketGrain(
    [PersistentState("market", "gaib")] IPersistentState<Kept<MarketKept>> kept,
    BookSender books,
    Network network,
    ICommandVerifier verifier,
    IClock clock) : KeptGrain<MarketKept>(kept), IMarketGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State is null && MarketKept.Open(network, this.GetPrimaryKeyString()) is { } opened)
        {
            await KeepAsync(opened);
        }

        await FinishPendingAsync();
    }

    public async Task<Outcome<Market>> PlaceAsk(Signed<Ask> command)
    {
        var ask = command.Command;
        if (await FinishPendingAsync() is { } unknown)
        {
            return unknown;
        }

        if (await GrainFactory.Get<IGpuGrain>(ask.Gpu).Get() is not { } gpu)
        {
            return new Rejection(Reason.NotFound, Subject: ask.Gpu.ToString());
        }

        var decided = MarketRule.Decide(State!.Market, new PlaceAsk(ask, gpu), clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var executed = await books.ExecuteAsync(verifier, network, command);
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        var offered = await GrainFactory.Get<IGpuGrain>(ask.Gpu).Apply(new OfferGpu());
        if (!offered.Accepted)
        {
            return offered.Rejection;
        }

        await KeepAsync(State.With(decided.Value));
        return State.Market;
    }

    public async Task<Outcome<ImmutableArray<LeaseTerms>>> PlaceOrder(Signed<Order> command)
    {
        var order = command.Command;
        if (await FinishPendingAsync() is { } unknown)
        {
            return unknown;
        }

        var verified = verifier.Verify(command);
        if (!verified.Accepted)
        {
            return verified.Rejection;
        }

        var id = Ids.Derive(network.Id, "order", order.Renter, order.Nonce);
        var decided = MarketRule.Decide(State!.Market, new PlaceOrder(id, order), clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        if (decided.Value.IsEmpty)
        {
            return State.TermsOf(id);
        }

        var pending = new PendingOrder(verified.Value, decided.Value.OfType<LeasesOpened>().Single());
        await KeepAsync(State with { Pending = pending });
        return await FinishAsync(pending) is { } rejection ? rejection : State.TermsOf(id);
    }

    public Task<LeaseTerms?> GetTerms(Hash32 lease) => Task.FromResult(State?.Terms.GetValueOrDefault(lease));

    public async Task<Outcome<Market>> EndLease(EndLease command)
    {
        if (await FinishPendingAsync() is { } unknown)
        {
            return unknown;
        }

        var decided = MarketRule.Decide(State!.Market, command, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        if (!decided.Value.IsEmpty)
        {
            await KeepAsync(State.With(decided.Value));
        }

        var terms = State.Terms[command.Lease];
        GpuCommand move = command.Cause switch
        {
            Reason.HostLost => new LoseGpu(),
            Reason.WorkWrong or Reason.DeltaCopied => new SlashGpu(),
            _ => new FreeGpu(command.Lease),
        };
        await GrainFactory.Get<IGpuGrain>(terms.Gpu).Apply(move);
        return State.Market;
    }

    public async Task<MarketView> Advance()
    {
        if (await FinishPendingAsync() is { } unknown)
        {
            throw new ArgumentException($"This network has no such market: {unknown}");
        }

        var decided = MarketRule.Decide(State!.Market, new PassTime(), clock.Now);
        if (decided is { Accepted: true, Value.IsEmpty: false })
        {
            await KeepAsync(State.With(decided.Value));
        }

        return new MarketView(State.Market, State.Moves);
    }

    /// <summary>
    /// Nothing is decided beside a match whose escrow is under way: its GPUs are taken, though the market does not show it yet.
    /// </summary>
    /// <returns>ClassUnknown where there is no such market.</returns>
    private async Task<Rejection?> FinishPendingAsync()
    {
        if (State is null)
        {
            return new Rejection(Reason.ClassUnknown, Subject: this.GetPrimaryKeyString());
        }

        if (State.Pending is { } pending)
        {
            await FinishAsync(pending);
        }

        return null;
    }

    /// <summary>Escrows the caps of a stored match and leases the GPUs; takes the match back if the renter can't pay.</summary>
    private async Task<Rejection?> FinishAsync(PendingOrder pending)
    {
        var opened = pending.Opened;
        var reply = await books.SubmitAsync(network, pending.Command, [.. opened.Leases.Select(terms => new Transfer
        {
            Debit = AccountId.Person(terms.Renter),
            Credit = AccountId.Of(AccountKind.Lease, terms.Lease),
            Amount = terms.Cap,
        })]);
        if (reply.Rejection is { } rejection)
        {
            await KeepAsync(State! with { Pending = null });
            return rejection;
        }

        foreach (var terms in opened.Leases)
        {
            var leased = await GrainFactory.Get<IGpuGrain>(terms.Gpu).Apply(new LeaseGpu(terms.Lease));
            if (!leased.Accepted)
            {
                throw new InvalidOperationException($"The market leased {terms.Gpu}, which is not free: {leased.Rejection}");
            }
        }

        await KeepAsync(State!.With([opened]) with { Pending = null });
        return null;
    }
}
