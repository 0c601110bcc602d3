using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Grains.Money;

namespace Gaib.Grains.Data;

/// <summary>
/// One contribution. Committing runs through steps that each may be repeated — store the chunks, record the command, keep what is to
/// enter, enter the job's window — so that a commit cut short anywhere is finished by sending it again. Entering is what commits: from
/// then on the job finds the data here, whether this grain has kept the job's answer or not.
/// </summary>
[GrainType("gaib.dataset")]
internal sealed class DatasetGrain(
    [PersistentState("dataset", "gaib")] IPersistentState<Kept<DatasetKept>> kept,
    BookSender books,
    Network network,
    ICommandVerifier verifier,
    IChunkStore store,
    IClock clock) : KeptGrain<DatasetKept>(kept), IDatasetGrain
{
    private Hash32 Id => Hash32.Parse(this.GetPrimaryKeyString());

    public async Task<Outcome<Dataset>> Commit(Signed<Manifest> command, ImmutableArray<Chunk> chunks)
    {
        var manifest = command.Command;
        if (Ids.Derive(network.Id, "dataset", manifest.Contributor, manifest.Nonce) != Id)
        {
            return new Rejection(Reason.NotFound, Subject: "dataset");
        }

        var verified = verifier.Verify(command);
        if (!verified.Accepted)
        {
            return verified.Rejection;
        }

        if (await KeepEntryAsync() is { } entered)
        {
            return entered.Dataset.Manifest == manifest ? entered.Dataset : new Rejection(Reason.NonceUsed, 0, (Int128)manifest.Nonce);
        }

        if (await GrainFactory.Get<IJobGrain>(manifest.Job).Get() is not { } job)
        {
            return new Rejection(Reason.NotFound, Subject: "job");
        }

        var welcome = ContributionWindow.Decide(job.Window, manifest, clock.Now);
        if (!welcome.Accepted)
        {
            return welcome.Rejection;
        }

        var read = Contribution.Read(chunks, job.Terms.Shape);
        if (!read.Accepted)
        {
            return read.Rejection;
        }

        var commit = new CommitDataset(
            manifest, 0, MerkleTree.Root(read.Value.Leaves.AsSpan()), (ulong)read.Value.Leaves.Length, read.Value.Bytes);
        var decided = Dataset.Decide(new Dataset(Id), commit, clock.Now);
        return decided.Accepted ? await TakeAsync(command, chunks, decided.Value) : decided.Rejection;
    }

    public async Task<Outcome<Dataset>> Value(ValueDataset value)
    {
        if (await KeepEntryAsync() is not { } view)
        {
            return Reason.NotFound;
        }

        return view.Dataset.Value == value ? view.Dataset : await DecideAsync(view, value, clock.Now);
    }

    public async Task<Outcome<Dataset>> Withdraw(Signed<DataRightWithdrawal> command)
    {
        var verified = verifier.Verify(command);
        if (!verified.Accepted)
        {
            return verified.Rejection;
        }

        if (await KeepEntryAsync() is not { } view)
        {
            return Reason.NotFound;
        }

        // What the book has taken is decided: if only its keeping was cut short, its deadline no longer matters.
        var taken = await GrainFactory.Book().GetCommandSequence(verified.Value.Digest) is not null;
        if (taken && view.Dataset.Phase == DatasetPhase.Withdrawn)
        {
            return view.Dataset;
        }

        var (withdraw, at) = (new WithdrawDataset(command.Command), taken ? 0 : clock.Now);
        if (Dataset.Decide(view.Dataset, withdraw, at) is { Accepted: false } refused)
        {
            return refused.Rejection!;
        }

        var executed = await books.ExecuteAsync(verifier, network, command);
        return executed.Accepted ? await DecideAsync(view, withdraw, at) : executed.Rejection;
    }

    public Task<DatasetView?> Get() => EnteredAsync();

    private async Task<Outcome<Dataset>> TakeAsync(Signed<Manifest> command, ImmutableArray<Chunk> chunks, DatasetEvent committed)
    {
        var pack = await store.PutAsync(ChunkPack.Encode(chunks));
        var executed = await books.ExecuteAsync(verifier, network, command);
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        var view = new DatasetView(Dataset.Evolve(new Dataset(Id), committed), pack, command.Signature);
        await KeepAsync(new DatasetKept(view, Entering: true));
        var answer = await GrainFactory.Get<IJobGrain>(command.Command.Job).Enter(command.Command);
        return answer.Accepted ? (await KeepEntryAsync())!.Dataset : answer.Rejection;
    }

    /// <summary>The dataset as it entered its job's window; null while it has not. It only reads, because reads interleave.</summary>
    private async Task<DatasetView?> EnteredAsync()
    {
        if (State is not { Entering: true } entering)
        {
            return State?.View;
        }

        var (view, manifest) = (entering.View, entering.View.Dataset.Manifest!);
        var job = (await GrainFactory.Get<IJobGrain>(manifest.Job).Get())!;
        return job.Window.Entries.TryGetValue(manifest.Contributor, out var entry) && entry.Commitment == manifest.StructHash()
            ? view with { Dataset = view.Dataset with { Order = entry.Order } }
            : null;
    }

    private async Task<DatasetView?> KeepEntryAsync()
    {
        var entered = await EnteredAsync();
        if (entered is not null && State!.Entering)
        {
            await KeepAsync(new DatasetKept(entered, Entering: false));
        }

        return entered;
    }

    private async Task<Outcome<Dataset>> DecideAsync(DatasetView view, DatasetCommand command, long now)
    {
        var decided = Dataset.Decide(view.Dataset, command, now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var next = Dataset.Evolve(view.Dataset, decided.Value);
        await KeepAsync(new DatasetKept(view with { Dataset = next }, Entering: false));
        return next;
    }
}

/// <summary>What a dataset's grain stores.</summary>
/// <param name="View">The dataset, and where its chunks lie.</param>
/// <param name="Entering">It may not have entered its job's window yet, which gives it its order.</param>
[GenerateSerializer, Immutable]
internal sealed record DatasetKept([property: Id(0)] DatasetView View, [property: Id(1)] bool Entering);
