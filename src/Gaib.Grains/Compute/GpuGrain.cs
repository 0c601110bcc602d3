using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;
using Gaib.Grains.Data;

namespace Gaib.Grains.Compute;

/// <summary>
/// One GPU. The device works off the grain's turn; what it answered is stored before it is told, so that a restart neither forgets
/// a commitment nor computes it again.
/// </summary>
[GrainType("gaib.gpu")]
internal sealed class GpuGrain(
    [PersistentState("gpu", "gaib")] IPersistentState<Kept<GpuKept>> kept,
    IDeviceProvider devices,
    IChunkStore store,
    IClock clock,
    WorkCounters counters) : KeptGrain<GpuKept>(kept), IGpuGrain
{
    private Hash32 Id => Hash32.Parse(this.GetPrimaryKeyString());

    private IDevice Device => devices.Get(Id);

    public async Task<Outcome<Gpu>> Apply(GpuCommand command)
    {
        if (command is AttachGpu attach && attach.Gpu != Id)
        {
            return new Rejection(Reason.NotFound, Subject: attach.Gpu.ToString());
        }

        var decided = GpuRule.Decide(State?.Gpu, command, clock.Now);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        if (!decided.Value.IsEmpty)
        {
            var next = decided.Value.Aggregate(State?.Gpu, GpuRule.Evolve);
            await KeepAsync((State ?? new GpuKept(next!, null)) with { Gpu = next! });
        }

        return State!.Gpu;
    }

    public async Task<Outcome<Hash32>> Challenge(Hash32 beacon, int size)
    {
        var opened = await Apply(new OpenChallenge(beacon, size));
        if (!opened.Accepted)
        {
            return opened.Rejection;
        }

        if (opened.Value.Evidence is { ResultHash.IsZero: true } evidence)
        {
            var result = await Device.AskAsync(Id, device => device.RunGemm(new GemmChallenge(evidence.Seed, evidence.Size)));
            if (!result.Accepted)
            {
                return result.Rejection;
            }

            var answered = await Apply(new AnswerChallenge(result.Value.Commitment));
            if (!answered.Accepted)
            {
                return answered.Rejection;
            }
        }

        return State!.Gpu.Evidence!.ResultHash;
    }

    public async Task<Outcome<Gpu>> Judge(Hash32 checkBeacon)
    {
        if (State?.Gpu.Evidence is not { } evidence)
        {
            return new Rejection(Reason.WrongState, Subject: "no challenge");
        }

        var challenge = new GemmChallenge(evidence.Seed, evidence.Size);
        var answer = await Device.AskAsync(Id, device => device.RunGemm(challenge));
        if (!answer.Accepted)
        {
            return answer.Rejection;
        }

        var fault = await Task.Run(() => Freivalds.Check(challenge, answer.Value.Product, evidence.ResultHash, checkBeacon));
        return await Apply(new JudgeChallenge(checkBeacon, fault is null));
    }

    public async Task<Outcome<Hash32>> Train(TrainTask task)
    {
        if (State is not { } stored)
        {
            return Reason.NotFound;
        }

        if (stored.Committed is { } committed && committed.Run == task.Run && committed.Round == task.Round)
        {
            return committed.Commitment;
        }

        if (stored.Gpu.Status is GpuStatus.Lost or GpuStatus.Slashed)
        {
            return new Rejection(Reason.HostLost, Subject: Id.ToString());
        }

        var result = await RunAsync(task);
        if (!result.Accepted)
        {
            return result.Rejection;
        }

        // What is no delta at all could stop every reporter: a device that answers so is as good as lost.
        if (DeltaFormat.Validate(task.Settings.Shape, result.Value.Delta) is not null
            || await store.PutAsync(result.Value.Delta) != result.Value.DeltaHash)
        {
            return new Rejection(Reason.HostLost, Subject: Id.ToString());
        }

        counters.OnTrained();
        var claim = new DeltaClaim(result.Value.DeltaHash, result.Value.Trace);
        var commitment = claim.Commitment(task.Run, task.Round, task.Slot);
        await KeepAsync(State with { Committed = new CommittedDelta(task.Run, task.Round, commitment, claim) });
        return commitment;
    }

    public Task<Outcome<DeltaClaim>> Reveal(Hash32 run, int round) => Task.FromResult<Outcome<DeltaClaim>>(
        State?.Committed is { } committed && committed.Run == run && committed.Round == round
            ? committed.Claim
            : new Rejection(Reason.NotFound, Subject: "delta"));

    public async Task<Outcome<DeltaClaim>> Check(TrainTask task)
    {
        var result = await RunAsync(task);
        if (!result.Accepted)
        {
            return result.Rejection;
        }

        counters.OnReplayed();
        return new DeltaClaim(result.Value.DeltaHash, result.Value.Trace);
    }

    public async Task<Outcome<RoundReport>> Report(ReportTask task)
    {
        var report = await RoundReporter.ReportAsync(Id, Device, store, task);
        counters.OnReplayed();
        return report;
    }

    public async Task<Outcome<ImmutableArray<byte>>> Infer(InferTask task)
    {
        var weights = await JobData.BlobAsync(store, task.Weights);
        var answer = await Device.AskAsync(Id, device => device.Predict(task.Shape, weights, task.Rows.AsMemory()));
        if (!answer.Accepted)
        {
            return answer.Rejection;
        }

        counters.OnServed(task.Rows.Length / task.Shape.Features);
        return ImmutableArray.Create(answer.Value);
    }

    public Task<Gpu?> Get() => Task.FromResult(State?.Gpu);

    private async Task<Outcome<InnerResult>> RunAsync(TrainTask task)
    {
        var weights = await JobData.BlobAsync(store, task.Weights);
        var samples = SampleBlob.Decode(await JobData.BlobAsync(store, task.Samples));
        var inner = new InnerTask(task.Settings, task.Run, task.Round, task.Slot, weights, samples);
        return await Device.AskAsync(Id, device => device.RunInner(inner));
    }
}

/// <summary>What a GPU's grain stores.</summary>
/// <param name="Gpu">The rule's state.</param>
/// <param name="Committed">The last delta that it committed, or null.</param>
[GenerateSerializer, Immutable]
internal sealed record GpuKept([property: Id(0)] Gpu Gpu, [property: Id(1)] CommittedDelta? Committed);

/// <summary>A committed delta, which others learn only when it is revealed.</summary>
/// <param name="Run">The run.</param>
/// <param name="Round">The round.</param>
/// <param name="Commitment">What was told.</param>
/// <param name="Claim">What it stands for.</param>
[GenerateSerializer, Immutable]
internal sealed record CommittedDelta(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] int Round,
    [property: Id(2)] Hash32 Commitment,
    [property: Id(3)] DeltaClaim Claim);
