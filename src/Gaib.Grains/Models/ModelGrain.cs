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
    [PersistentState("model", "gaib")] IPersistentState<Kept<ModelView>> kept,
    Network network,
    ICommandVerifier verifier) : KeptGrain<ModelView>(kept), IModelGrain
{
    public async Task<Outcome<ModelView>> IssueFromRun(Hash32 run)
    {
        if (State is { State.Issue: not null } issued)
        {
            await TellAsync(issued.State);
            return issued;
        }

        if (await GrainFactory.Get<ITrainingRunGrain>(run).GetResult() is not { } result)
        {
            return new Rejection(Reason.WrongState, Subject: "run");
        }

        var id = Hash32.Parse(this.GetPrimaryKeyString());
        var job = (await GrainFactory.Get<IJobGrain>(result.Job).Get())!;
        var registered = ModelRule.Register(new ModelRecord(
            id, job.Command.Account, result.Job, [run], job.Datasets, [], result.Weights, job.Terms.Settings.Hash()));
        if (!registered.Accepted)
        {
            return registered.Rejection;
        }

        var model = ModelRule.Evolve(null, registered.Value);
        var stakes = await GrainFactory.Book().GetBalances(AccountKind.Stake, AssetId.Gaib);
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
        await KeepAsync(new ModelView(next, job.Terms.Settings.Shape, result.Serving));
        await TellAsync(next);
        return State!;
    }

    public async Task<Outcome<ModelView>> SetPrice(Signed<SetPrice> command)
    {
        if (State is not { } view)
        {
            return Reason.NotFound;
        }

        var decided = ModelRule.Decide(view.State, command.Command, ulong.MaxValue);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var executed = await GrainFactory.ExecuteAsync(verifier, command);
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        // The command's own place in the book says from when the price holds; a repeated command finds its price set already.
        var placed = ModelRule.Decide(view.State, command.Command, executed.Value.Sequence);
        if (placed.Accepted && view.State.Prices.All(price => price.FromSequence != executed.Value.Sequence))
        {
            await KeepAsync(view with { State = ModelRule.Evolve(view.State, placed.Value) });
        }

        return State;
    }

    public Task<ModelView?> Get() => Task.FromResult(State);

    /// <summary>Issues the stored shares in the book: first the holders' frozen units, then the model's.</summary>
    private async Task TellAsync(ModelState model)
    {
        var id = model.Record.Id;
        var issue = model.Issue!;
        var shares = AssetId.Of(id);
        var holders = ShareIssueRule.HolderPool(id);
        var (pool, units) = (AccountId.Of(AccountKind.Pool, holders), AssetId.Of(holders));
        await GrainFactory.RegisterAsync($"model:{id}", new AssetRecord(shares, AccountId.Of(AccountKind.Pool, id), false, id));
        await GrainFactory.RegisterAsync($"model:{id}", new AssetRecord(units, pool, true, id));
        var frozen = issue.Stakes.Select(stake => Issued(units, AccountId.Person(stake.Account), stake.Weight, id));
        var people = issue.UnitsByAccount().Select(row => Issued(shares, AccountId.Person(row.Key), row.Value, id));
        var pools = issue.Pools.Select(row => Issued(shares, AccountId.Of(AccountKind.Pool, row.Pool), row.Units, id));
        await GrainFactory.TellAsync($"model:{id}", 0, [.. frozen, .. people, .. pools]);
    }

    private static Transfer Issued(AssetId asset, AccountId to, UInt128 amount, Hash32 cause) =>
        new() { Debit = AccountId.Issuance, Credit = to, Asset = asset, Amount = amount, Cause = cause };
}
