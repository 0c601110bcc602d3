using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Orleans.Serialization;

namespace Gaib.Grains.Data;

/// <summary>One job: posted, contributed to, closed, valued, paid. Each step is stored before the next begins.</summary>
[GrainType("gaib.job")]
internal sealed class JobGrain(
    [PersistentState("job", "gaib")] IPersistentState<Kept<Job>> kept,
    BookSender books,
    Network network,
    ICommandVerifier verifier,
    IChunkStore store,
    IClock clock,
    Serializer<ValuationResult> results) : KeptGrain<Job>(kept), IJobGrain
{
    public async Task<Outcome<Job>> Post(Signed<PostJob> command, JobTerms terms, ImmutableArray<HeldBackPart> parts)
    {
        if (State is { } posted && posted.Command == command.Command)
        {
            return posted;
        }

        // What the book has taken is decided: if only its keeping was cut short, the window's end no longer matters.
        var taken = await GrainFactory.BookOf(network, AccountId.Person(command.Command.Account)).GetCommandSequence(verifier.Digest(command.Command)) is not null;
        var decided = Job.Post(network.Id, command.Command, terms, taken ? 0 : clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        if (decided.Value.Id != Hash32.Parse(this.GetPrimaryKeyString()))
        {
            return new Rejection(Reason.NotFound, Subject: "job");
        }

        if (!terms.HeldBack.SequenceEqual(parts.Select(HeldBackCommitment.Of)))
        {
            return new Rejection(Reason.CommitmentMismatch, Subject: "heldBack");
        }

        foreach (var part in parts)
        {
            await store.PutAsync(ChunkPack.Encode(part.Chunks()));
        }

        var executed = await books.ExecuteAsync(verifier, network, command, new Transfer
        {
            Debit = AccountId.Person(command.Command.Account),
            Credit = AccountId.Of(AccountKind.Bounty, decided.Value.Id),
            Amount = command.Command.Budget,
        });
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        await KeepAsync(decided.Value);
        return decided;
    }

    public async Task<Outcome<ContributionEntered>> Enter(Manifest manifest)
    {
        if (State is not { } job)
        {
            return new Rejection(Reason.NotFound, Subject: "job");
        }

        var decided = ContributionWindow.Decide(job.Window, manifest, clock.Now);
        if (decided.Accepted && !job.Window.Entries.ContainsKey(manifest.Contributor))
        {
            var dataset = Ids.Derive(network.Id, "dataset", manifest.Contributor, manifest.Nonce);
            var window = ContributionWindow.Evolve(job.Window, decided.Value);
            await KeepAsync(job with { Window = window, Datasets = job.Datasets.Add(dataset) });
        }

        return decided;
    }

    public async Task<Outcome<Job>> Value()
    {
        if (State is not { } job)
        {
            return Reason.NotFound;
        }

        if (job.Phase == JobPhase.Open)
        {
            var closed = ContributionWindow.Close(job.Window, clock.Now);
            if (!closed.Accepted)
            {
                return closed.Rejection;
            }

            var epoch = await Beacon.Commit(closed.Value.CommitmentsRoot);
            await KeepAsync(job with
            {
                Window = ContributionWindow.Evolve(job.Window, closed.Value),
                Phase = JobPhase.Closed,
                BeaconEpoch = epoch,
            });
        }

        if (State.Phase == JobPhase.Closed && await ValueContributionsAsync(State) is { } refused)
        {
            return refused;
        }

        if (State.Phase == JobPhase.Valued)
        {
            await PayAsync(State);
            await KeepAsync(State with { Phase = JobPhase.Paid });
        }

        return State;
    }

    public async Task<Outcome<Job>> Burn(ImmutableArray<HeldBackKind> kinds)
    {
        if (State is not { } job)
        {
            return Reason.NotFound;
        }

        var burnt = job.Burn(kinds);
        if (burnt != job)
        {
            await KeepAsync(burnt);
        }

        return burnt;
    }

    public Task<Job?> Get() => Task.FromResult(State);

    private IBeaconGrain Beacon => GrainFactory.GetGrain<IBeaconGrain>(0);

    private async Task<Rejection?> ValueContributionsAsync(Job job)
    {
        var beacon = await Beacon.Close(job.BeaconEpoch);
        var chunks = ImmutableArray.CreateBuilder<CommittedChunk>();
        foreach (var id in job.Datasets)
        {
            // What entered the window lies in its dataset's grain: it was kept there before it entered.
            var view = (await GrainFactory.Get<IDatasetGrain>(id).Get())!;
            chunks.AddRange(await JobData.ChunksAsync(store, view, job.Terms.Shape));
        }

        var door = await JobData.SamplesAsync(store, job.Terms.HeldBack[0].Pack, job.Terms.Shape);
        var input = JobData.Input(job, beacon, chunks.DrainToImmutable(), door, await JobData.RevealedAsync(store, job));
        var result = await Task.Run(() => ParallelValuation.Run(input));
        if (!result.Accepted)
        {
            return result.Rejection;
        }

        var blob = await store.PutAsync(results.SerializeToArray(result.Value));
        await KeepAsync(job with { Phase = JobPhase.Valued, Header = input.Header, Valuation = blob });
        return null;
    }

    /// <summary>Pays each contributor its bounty in the order of entry, and the rest of the budget back; then tells the datasets.</summary>
    private async Task PayAsync(Job job)
    {
        var result = results.Deserialize(await JobData.BlobAsync(store, job.Valuation))!;
        var account = AccountId.Of(AccountKind.Bounty, job.Id);
        var values = new List<(Hash32 Dataset, ValueDataset Value)>();
        var transfers = ImmutableArray.CreateBuilder<Transfer>();
        foreach (var id in job.Datasets)
        {
            var contributor = (await GrainFactory.Get<IDatasetGrain>(id).Get())!.Dataset.Manifest!.Contributor;
            var value = result.Of(contributor);
            values.Add((id, value));
            transfers.Add(new Transfer
            {
                Debit = account,
                Credit = AccountId.Person(contributor),
                Amount = value.Bounty,
                Cause = result.HeaderHash,
            });
        }

        transfers.Add(new Transfer
        {
            Debit = account,
            Credit = AccountId.Person(job.Command.Account),
            Amount = result.Unspent,
            Cause = result.HeaderHash,
        });
        await books.TellAsync($"job:{job.Id}", 0, [.. transfers.Where(t => t.Amount > 0)]);
        foreach (var (dataset, value) in values)
        {
            await GrainFactory.Get<IDatasetGrain>(dataset).Value(value);
        }
    }
}
