using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Cli.Demo;

/// <summary>The hosts' devices: the CPU backend, behind which one host cheats and another dies as the scenario has it.</summary>
internal sealed class DemoDevices(DemoScenario scenario, IDevice cpu) : IDeviceProvider
{

    public IDevice Get(Hash32 gpu) => scenario.HostOf(gpu).Role switch
    {
        DemoRole.Cheat => new MisbehavingDevice(cpu, Cheat, null),
        DemoRole.Dying => new MisbehavingDevice(cpu, null, scenario.Script),
        _ => cpu,
    };

    /// <summary>Sends its delta scaled by eight: a worker that wants its own data to count for more.</summary>
    private InnerResult Cheat(InnerTask task, InnerResult honest)
    {
        if (!scenario.Script.CheatRounds.Contains(task.Round))
        {
            return honest;
        }

        var scaled = honest.Delta.ToArray();
        for (var tensor = 0; tensor < task.Settings.Shape.TensorCount; tensor++)
        {
            var exponent = int.Min(DeltaFormat.ExponentMax, DeltaFormat.Exponent(scaled, tensor) + 3);
            scaled[2 + tensor] = unchecked((byte)(sbyte)exponent);
        }

        return honest with { Delta = scaled, DeltaHash = Keccak.Hash(scaled) };
    }

    private sealed class MisbehavingDevice(IDevice inner, Func<InnerTask, InnerResult, InnerResult>? cheat, DemoScript? dies) : IDevice
    {
        public string Name => inner.Name;

        public byte[] InitialWeights(MlpShape shape, Hash32 seed) => inner.InitialWeights(shape, seed);

        public InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null)
        {
            var result = inner.RunInner(task, step => task.Round == dies?.DeathRound && step >= dies.DeathStep);
            return result is null || cheat is null ? result : cheat(task, result);
        }

        public OuterResult OuterStep(
            TrainingSettings settings,
            ReadOnlyMemory<byte> weights,
            ReadOnlyMemory<byte> momentum,
            IReadOnlyList<ReadOnlyMemory<byte>> deltas) => inner.OuterStep(settings, weights, momentum, deltas);

        public long LossQ32(MlpShape shape, ReadOnlyMemory<byte> weights, SampleSet samples) => inner.LossQ32(shape, weights, samples);

        public AttributionResult Attribute(AttributionTask task) => inner.Attribute(task);

        public byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows) =>
            inner.Predict(shape, weights, rows);

        public GemmResult RunGemm(GemmChallenge challenge) => inner.RunGemm(challenge);
    }
}
