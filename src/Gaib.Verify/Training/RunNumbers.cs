using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Training;

/// <summary>
/// Executes a run's rounds again on the CPU, byte for byte: every slot's inner steps, the values, the outer step and the losses. Nothing
/// of it is taken from what workers said, but for a wrong delta that nobody checked and that was summed.
/// </summary>
/// <param name="device">Where it computes.</param>
/// <param name="blobs">Where deltas lie; those missing are computed again.</param>
/// <param name="spec">The run.</param>
/// <param name="samples">What it trains on.</param>
/// <param name="owners">Whose each sample is.</param>
/// <param name="slices">One slice of the round part a round.</param>
internal sealed class RunNumbers(
    IDevice device, Blobs blobs, RunSpec spec, SampleSet samples, ImmutableArray<int> owners, ImmutableArray<SampleSet> slices)
{
    private byte[] _weights = [];
    private byte[] _momentum = [];
    private OuterResult? _stepped;

    /// <summary>The first weights; they follow from the run's id.</summary>
    public Hash32 Start()
    {
        _weights = device.InitialWeights(spec.Settings.Shape, spec.Run);
        return Keccak.Hash(_weights);
    }

    /// <summary>What every revealed slot should have revealed.</summary>
    /// <param name="run">The run, its current round revealed.</param>
    public RoundTruth Execute(TrainingRun run)
    {
        var round = run.Current!;
        var slots = round.Reveals.Keys.ToImmutableArray();
        if (round.Attributed)
        {
            var replay = device.Attribute(new AttributionTask(
                spec.Settings, spec.Run, run.Round, _weights, samples, owners, spec.Contributors.Length, slices[run.Round], slots));
            return new RoundTruth(replay.Slots.ToDictionary(row => row.Slot, row => new DeltaClaim(row.DeltaHash, row.Trace)), replay);
        }

        var claims = slots.ToDictionary(slot => slot, slot => Claim(device.RunInner(Task(run.Round, slot))!));
        return new RoundTruth(claims, null);
    }

    /// <summary>What an honest reporter reports of the round.</summary>
    /// <param name="run">The run, all checks of its current round answered.</param>
    /// <param name="truth">What <see cref="Execute"/> gave.</param>
    /// <returns>Null when a delta that was summed is neither what its steps give nor there.</returns>
    public RoundReport? Report(TrainingRun run, RoundTruth truth)
    {
        var round = run.Current!;
        var summed = round.Attributed ? [.. round.Reveals.Keys.Where(slot => truth.Claims[slot] == round.Reveals[slot])] : RoundTasks.Summed(run);
        var deltas = summed.Select(slot => Delta(run.Round, slot, round.Reveals[slot].DeltaHash)).ToArray();
        if (deltas.Any(delta => delta is null))
        {
            return null;
        }

        if (deltas.Length == 0)
        {
            return new RoundReport(truth.Replay, run.Weights, run.Momentum, 0, 0);
        }

        var stepped = device.OuterStep(spec.Settings, _weights, _momentum, [.. deltas.Select(delta => (ReadOnlyMemory<byte>)delta)]);
        var (before, after) = round.Attributed ? (Loss(run.Round, _weights), Loss(run.Round, stepped.Weights)) : (0, 0);
        _stepped = stepped;
        return new RoundReport(truth.Replay, Keccak.Hash(stepped.Weights), Keccak.Hash(stepped.Momentum), before, after);
    }

    /// <summary>Goes on to the next round from the weights and the momentum that the export names.</summary>
    /// <returns>False when these are neither before nor after the step that was executed, and their bytes are not there.</returns>
    public bool GoOnFrom(Hash32 weights, Hash32 momentum)
    {
        var before = _weights;
        var found = Find(weights, _weights, _stepped?.Weights, out _weights) & Find(momentum, _momentum, _stepped?.Momentum, out _momentum);
        _stepped = null;
        return found && _weights.Length == before.Length;
    }

    private bool Find(Hash32 hash, byte[] before, byte[]? after, out byte[] bytes)
    {
        bytes = after is not null && Keccak.Hash(after) == hash ? after
            : hash.IsZero ? []
            : Keccak.Hash(before) == hash ? before
            : blobs.TryGet(hash, out var other) ? other
            : [];
        return bytes.Length > 0 || hash.IsZero;
    }

    private InnerTask Task(int round, int slot) => new(spec.Settings, spec.Run, round, slot, _weights, samples);

    private static DeltaClaim Claim(InnerResult result) => new(result.DeltaHash, result.Trace);

    private long Loss(int round, ReadOnlyMemory<byte> weights) => device.LossQ32(spec.Settings.Shape, weights, slices[round]);

    private byte[]? Delta(int round, int slot, Hash32 hash)
    {
        if (blobs.TryGet(hash, out var bytes))
        {
            return bytes;
        }

        var result = device.RunInner(Task(round, slot))!;
        return result.DeltaHash == hash ? result.Delta : null;
    }
}

/// <summary>What the revealed slots of a round should have revealed.</summary>
/// <param name="Claims">Delta and trace by slot.</param>
/// <param name="Replay">With the values, in a round with attribution; null in any other.</param>
internal sealed record RoundTruth(IReadOnlyDictionary<int, DeltaClaim> Claims, AttributionResult? Replay);
