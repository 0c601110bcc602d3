using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>
/// The demo's training without its economy: nine contributors with own digits, the last of them with 30 % wrong labels; a door that
/// admits by the design's door value; DiLoCo rounds, each judged on a fresh slice of held-back digits.
/// </summary>
internal sealed class DigitsRun
{
    public const int Contributors = 9;
    public const int Mislabeller = Contributors - 1;

    private const int TestCount = 300;
    private const int RoundCount = 320;
    private const int DoorCount = 200;
    private const int Neighbours = 5;
    private const int RankMax = 100;

    private readonly TrainingSettings _settings;
    private readonly IDevice _device;
    private readonly Hash32 _run;
    private readonly SampleSet _train;
    private readonly ImmutableArray<int> _owners;
    private readonly SampleSet _roundPart;
    private readonly SampleSet _testPart;

    public DigitsRun(TrainingSettings settings, IDevice device, SampleSet digits, int seed)
    {
        (_settings, _device) = (settings, device);
        _run = new AbiWriter(2).Utf8("digits run").Int(seed).Hash();
        var order = Shuffled(digits.Count, new KeccakStream(_run));
        _testPart = digits.Select(order.AsSpan(0, TestCount));

        // The rest is dealt with the classes spread evenly: first the round part, then the door, then the contributors' own.
        var rest = digits.Select(order.AsSpan(TestCount));
        var spread = RoundSlices.Cut(rest.Labels.Span, 1)[0];
        _roundPart = rest.Select(spread.AsSpan(0, RoundCount));
        var door = rest.Select(spread.AsSpan(RoundCount, DoorCount));
        int[] own = [.. spread.Skip(RoundCount + DoorCount).OrderBy(i => rest.Labels.Span[i])];
        var offered = rest.Select(own);
        var owners = Enumerable.Range(0, offered.Count).Select(i => i % Contributors).ToArray();
        offered = Mislabel(offered, owners, new KeccakStream(new AbiWriter(1).Hash(_run).Hash()));
        var values = DoorValues(offered, door);
        var admitted = Enumerable.Range(0, offered.Count).Where(i => values[i] > 0).ToArray();
        _train = offered.Select(admitted);
        _owners = [.. admitted.Select(i => owners[i])];
        Admitted = [.. Enumerable.Range(0, Contributors).Select(c => _owners.Count(owner => owner == c))];
    }

    public ImmutableArray<int> Admitted { get; }

    public double Accuracy { get; private set; }

    public long LossBefore { get; private set; }

    public long LossAfter { get; private set; }

    public long[] Parts { get; } = new long[Contributors];

    public long Unattributed { get; private set; }

    public int RoundsThatPay { get; private set; }

    public Hash32 WeightsHash { get; private set; }

    public DigitsRun Train()
    {
        var shape = _settings.Shape;
        var weights = _device.InitialWeights(shape, _run);
        LossBefore = _device.LossQ32(shape, weights, _testPart);
        byte[] momentum = [];
        for (var round = 0; round < _settings.Rounds; round++)
        {
            // One worker of four is missing in every fourth round, as when one dies or is caught.
            var slots = Enumerable.Range(0, _settings.WorkerSlots).Where(slot => round % 4 != 3 || slot != round / 4 % 4);
            var next = Round(round, [.. slots], weights, momentum);
            (weights, momentum) = (next.Weights, next.Momentum);
        }

        LossAfter = _device.LossQ32(shape, weights, _testPart);
        WeightsHash = Keccak.Hash(weights);
        var answers = _device.Predict(shape, weights, _testPart.Features);
        Accuracy = (double)Prediction.CountCorrect(answers, shape.Classes, _testPart.Labels.Span) / _testPart.Count;
        return this;
    }

    private OuterResult Round(int round, ImmutableArray<int> slots, byte[] weights, byte[] momentum)
    {
        var deltas = slots.Select(slot => _device.RunInner(
            new InnerTask(_settings, _run, round, slot, weights, _train))!).ToArray();
        var next = _device.OuterStep(
            _settings, weights, momentum, [.. deltas.Select(result => (ReadOnlyMemory<byte>)result.Delta)]);
        var slice = _roundPart.Select(RoundSlices.Cut(_roundPart.Labels.Span, _settings.Rounds)[round]);
        var drop = _device.LossQ32(_settings.Shape, weights, slice) - _device.LossQ32(_settings.Shape, next.Weights, slice);
        var replay = _device.Attribute(new AttributionTask(
            _settings, _run, round, weights, _train, _owners, Contributors, slice, slots));
        Assert.Equal(deltas.Select(delta => (delta.DeltaHash, delta.Trace)), replay.Slots.Select(s => (s.DeltaHash, s.Trace)));
        var addresses = Enumerable.Range(0, Contributors).Select(c => Address.FromHash(new AbiWriter(1).Int(c).Hash())).ToArray();
        var attributed = Attribution.Normalise(drop, replay.RawValues(slots), addresses);
        for (var c = 0; c < Contributors; c++)
        {
            Parts[c] += attributed.Parts[c];
        }

        Unattributed += attributed.Unattributed;
        RoundsThatPay += drop > 0 ? 1 : 0;
        return next;
    }

    private static int[] Shuffled(int count, KeccakStream draws)
    {
        var order = Enumerable.Range(0, count).ToArray();
        draws.Shuffle<int>(order);
        return order;
    }

    private static SampleSet Mislabel(SampleSet samples, int[] owners, KeccakStream draws)
    {
        var labels = samples.Labels.ToArray();
        for (var i = 0; i < labels.Length; i++)
        {
            if (owners[i] == Mislabeller && draws.Next(10) < 3)
            {
                labels[i] = (byte)((labels[i] + 1 + (int)draws.Next(9)) % 10);
            }
        }

        return samples with { Labels = labels };
    }

    /// <summary>The door value of the design in Q40: Σ over door samples of s_i − s_R for ranks below R, else 0.</summary>
    private static long[] DoorValues(SampleSet offered, SampleSet door)
    {
        const long One = 1L << 40;
        var values = new long[offered.Count];
        for (var d = 0; d < door.Count; d++)
        {
            var features = door.Row(d).ToArray();
            var label = door.Labels.Span[d];
            var order = Enumerable.Range(0, offered.Count).OrderBy(i => Distance(offered.Row(i), features)).ThenBy(i => i).ToArray();
            var shapley = new long[order.Length];
            var matches = Array.ConvertAll(order, i => offered.Labels.Span[i] == label ? 1L : 0L);
            shapley[^1] = matches[^1] * (One / order.Length);
            for (var i = order.Length - 2; i >= 0; i--)
            {
                shapley[i] = shapley[i + 1] + ((matches[i] - matches[i + 1]) * (One / Math.Max(Neighbours, i + 1)));
            }

            for (var i = 0; i < Math.Min(RankMax, order.Length) - 1; i++)
            {
                values[order[i]] += shapley[i] - shapley[Math.Min(RankMax, order.Length) - 1];
            }
        }

        return values;
    }

    private static int Distance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }
}
