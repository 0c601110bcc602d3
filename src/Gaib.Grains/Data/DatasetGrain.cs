using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Grains.Money;

namespace Gaib.Grains.Data;

/// <summary>
/// One contribution. Committing runs through steps that each may be repeated — store the chunks, record the command, enter the job's
/// window, keep the state — so that a commit cut short anywhere is finished by sending it again.
/// </summary>
[GrainType("gaib.dataset")]
internal sealed class DatasetGrain(
    [PersistentState("dataset", "gaib")] IPersistentState<Kept<DatasetView>> kept,
    ICommandVerifier verifier,
    IChunkStore store,
    IClock clock) : KeptGrain<DatasetView>(kept), IDatasetGrain
{
    private Hash32 Id => Hash32.Parse(this.GetPrimaryKeyString());

    public async Task<Outcome<Dataset>> Commit(Signed<Manifest> command, ImmutableArray<Chunk> chunks)
    {
        if (State is { } stored && stored.Dataset.Manifest == command.Command)
        {
            return stored.Dataset;
        }

        var manifest = command.Command;
        var verified = verifier.Verify(command);
        if (!verified.Accepted)
        {
            return verified.Rejection;
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
        var decided = Dataset.Decide(State?.Dataset ?? new Dataset(Id), commit, clock.Now);
        return decided.Accepted ? await TakeAsync(command, chunks, commit) : decided.Rejection;
    }

    public async Task<Outcome<Dataset>> Value(ValueDataset value)
    {
        if (State is not { } stored)
        {
            return Reason.NotFound;
        }

        return stored.Dataset.Value == value ? stored.Dataset : await DecideAsync(stored, value);
    }

    public async Task<Outcome<Dataset>> Withdraw(Signed<DataRightWithdrawal> command)
    {
        if (State is not { } stored)
        {
            return Reason.NotFound;
        }

        var executed = await GrainFactory.ExecuteAsync(verifier, command);
        return executed.Accepted ? await DecideAsync(stored, new WithdrawDataset(command.Command)) : executed.Rejection;
    }

    public Task<DatasetView?> Get() => Task.FromResult(State);

    private async Task<Outcome<Dataset>> TakeAsync(Signed<Manifest> command, ImmutableArray<Chunk> chunks, CommitDataset commit)
    {
        var pack = await store.PutAsync(ChunkPack.Encode(chunks));
        var executed = await GrainFactory.ExecuteAsync(verifier, command);
        if (!executed.Accepted)
        {
            return executed.Rejection;
        }

        var entered = await GrainFactory.Get<IJobGrain>(command.Command.Job).Enter(command.Command);
        if (!entered.Accepted)
        {
            return entered.Rejection;
        }

        var decided = Dataset.Decide(new Dataset(Id), commit with { Order = entered.Value.Entry.Order }, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        await KeepAsync(new DatasetView(Dataset.Evolve(new Dataset(Id), decided.Value), pack, command.Signature));
        return State!.Dataset;
    }

    private async Task<Outcome<Dataset>> DecideAsync(DatasetView stored, DatasetCommand command)
    {
        var decided = Dataset.Decide(stored.Dataset, command, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        await KeepAsync(stored with { Dataset = Dataset.Evolve(stored.Dataset, decided.Value) });
        return State!.Dataset;
    }
}
