using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Models;

/// <summary>A model: registered from a finished run, issued once, priced by its developer.</summary>
[GrainType("gaib.model")]
internal sealed class ModelGrain(
    [PersistentState("model", "gaib")] IPersistentState<Kept<ModelKept>> kept,
    BookSender books,
    Network network,
    ICommandVerifier verifier) : KeptGrain<ModelKept>(kept), IModelGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) => TellIssueAsync();

    public async Task<Outcome<ModelView>> IssueFromRun(Hash32 run)
    {
        await TellIssueAsync();
        if (State is { } issued)
        {
            return issued.View;
        }

        var id = Hash32.Parse(this.GetPrimaryKeyString());
        var grain = GrainFactory.Get<ITrainingRunGrain>(run);
        if (await grain.Get() is not { } trained || trained.Spec.Model != id)
        {
            return new Rejection(Reason.NotFound, Subject: "run");
        }

        if (await grain.GetResult() is not { } result)
        {
            return new Rejection(Reason.WrongState, Subject: "run");
        }

        var job = (await GrainFactory.Get<IJobGrain>(result.Job).Get())!;
        var registered = ModelRule.Register(new ModelRecord(
            id, job.Command.Account, result.Job, [run], job.Datasets, [], result.Weights, job.Terms.Settings.Hash()));
        if (!registered.Accepted)
        {
            return registered.Rejection;
        }

        var model = ModelRule.Evolve(null, registered.Value);
        var stakes = await GrainFactory.BalancesAsync(network, AccountKind.Stake);
        var inputs = new ShareIssueInputs(
            id,
            job.Command.Account,
            [],
            result.Attribution,
            result.Work,
            [.. stakes.Select(stake => new AccountWeight(stake.Key.Key, (UInt128)stake.Value.Posted))]);
        var decided = ModelRule.Issue(model, inputs, network.Parameters.ClassUnits);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var next = ModelRule.Evolve(model, decided.Value);
        await KeepAsync(new ModelKept(new ModelView(next, job.Terms.Settings.Shape, result.Serving), Told: false));
        await TellIssueAsync();
        return State!.View;
    }

    public async Task<Outcome<ModelView>> SetPrice(Signed<SetPrice> command)
    {
        await TellIssueAsync();
        if (State?.View is not { } view)
        {
            return Reason.NotFound;
        }

        var decided = ModelRule.Decide(view.State, command.Command, ulong.MaxValue);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var executed = await books.ExecuteAsync(verifier, network, command);
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        // The command's own place in the book says from when the price holds; a repeated command finds its price set already.
        var placed = ModelRule.Decide(view.State, command.Command, executed.Value.Sequence);
        if (placed.Accepted && view.State.Prices.All(price => price.FromSequence != executed.Value.Sequence))
        {
            await KeepAsync(State! with { View = view with { State = ModelRule.Evolve(view.State, placed.Value) } });
        }

        return State!.View;
    }

    /// <summary>The model, from the moment at which the book has all of its shares: nothing is sold before.</summary>
    public Task<ModelView?> Get() => Task.FromResult(State is { Told: true } kept ? kept.View : null);

    /// <summary>Issues the stored shares in the book, once: first the holders' frozen units, then the model's.</summary>
    private async Task TellIssueAsync()
    {
        if (State is not { Told: false, View.State: var model })
        {
            return;
        }

        var id = model.Record.Id;
        var issue = model.Issue!;
        var shares = AssetId.Of(id);
        var holders = ShareIssueRule.HolderPool(id);
        var (pool, units) = (AccountId.Of(AccountKind.Pool, holders), AssetId.Of(holders));
        await books.RegisterAsync($"model:{id}", new AssetRecord(shares, AccountId.Of(AccountKind.Pool, id), false, id));
        await books.RegisterAsync($"model:{id}", new AssetRecord(units, pool, true, id));
        var frozen = issue.Stakes.Select(stake => Issued(units, AccountId.Person(stake.Account), stake.Weight, id));
        var people = issue.UnitsByAccount().Select(row => Issued(shares, AccountId.Person(row.Key), row.Value, id));
        var pools = issue.Pools.Select(row => Issued(shares, AccountId.Of(AccountKind.Pool, row.Pool), row.Units, id));
        await books.TellAsync($"model:{id}", 0, [.. frozen, .. people, .. pools]);
        await KeepAsync(State with { Told = true });
    }

    private static Transfer Issued(AssetId asset, AccountId to, UInt128 amount, Hash32 cause) =>
        new() { Debit = AccountId.Issuance, Credit = to, Asset = asset, Amount = amount, Cause = cause };
}

/// <summary>What a model's grain stores.</summary>
/// <param name="View">The model and what serves it.</param>
/// <param name="Told">The book has its shares.</param>
[GenerateSerializer, Immutable]
internal sealed record ModelKept([property: Id(0)] ModelView View, [property: Id(1)] bool Told);
