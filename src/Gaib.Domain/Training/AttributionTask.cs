using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>A round's replay: every named slot's inner steps again from the global weights, with each contributor's value.</summary>
/// <param name="Settings">The run's settings.</param>
/// <param name="RunHash">The run's id.</param>
/// <param name="Round">Round, from 0.</param>
/// <param name="Weights">Global weights at the start of the round.</param>
/// <param name="Samples">The training samples, in the order that the batch schedule indexes.</param>
/// <param name="Owners">For each training sample, the index of its contributor.</param>
/// <param name="Contributors">Number of contributors; every owner is below it.</param>
/// <param name="Validation">The round's slice of the held-back data, opened after the deltas were committed.</param>
/// <param name="Slots">Slots to replay, ascending. A slot that died or did not reveal is left out.</param>
public sealed record AttributionTask(
    TrainingSettings Settings,
    Hash32 RunHash,
    int Round,
    ReadOnlyMemory<byte> Weights,
    SampleSet Samples,
    ImmutableArray<int> Owners,
    int Contributors,
    SampleSet Validation,
    ImmutableArray<int> Slots);

/// <summary>What the replay of one slot gave.</summary>
/// <param name="Slot">Worker slot.</param>
/// <param name="DeltaHash">keccak256 of the delta; equal to the committed one if the worker was honest.</param>
/// <param name="Trace">The trace hash; equal to the committed one if the worker was honest.</param>
/// <param name="Values">One value a contributor in Q48 of summed cross-entropy: Σ over this worker's steps.</param>
[GenerateSerializer, Immutable]
public sealed record SlotReplay(
    [property: Id(0)] int Slot,
    [property: Id(1)] Hash32 DeltaHash,
    [property: Id(2)] Hash32 Trace,
    [property: Id(3)] ImmutableArray<Int128> Values);

/// <summary>The replays of a round. Two workers' results are equal byte for byte, so their hashes are compared.</summary>
/// <param name="Slots">One replay a slot of the task, in its order.</param>
[GenerateSerializer, Immutable]
public sealed record AttributionResult([property: Id(0)] ImmutableArray<SlotReplay> Slots)
{
    /// <summary>
    /// v_c in Q32, averaged over the slots whose delta counts. Slots that the replay found wrong are left out by the caller without
    /// another replay, because each slot's values stand by themselves.
    /// </summary>
    /// <param name="contributing">Slots that count, at least one, each replayed here.</param>
    public ImmutableArray<long> RawValues(IEnumerable<int> contributing) =>
        Attribution.Average([.. contributing.Select(slot => Slots.Single(replay => replay.Slot == slot).Values)]);

    /// <summary>
    /// keccak256(abi.encode(ruleVersion, slots, contributors, then per slot: slot, deltaHash, trace, values…)).
    /// </summary>
    public Hash32 Hash()
    {
        var contributors = Slots.IsEmpty ? 0 : Slots[0].Values.Length;
        var writer = new AbiWriter(3 + (Slots.Length * (3 + contributors)))
            .UInt(Attribution.RuleVersion).UInt((uint)Slots.Length).UInt((uint)contributors);
        foreach (var replay in Slots)
        {
            writer.UInt((uint)replay.Slot).Hash(replay.DeltaHash).Hash(replay.Trace);
            foreach (var value in replay.Values)
            {
                writer.Int(value);
            }
        }

        return writer.Hash();
    }
}
