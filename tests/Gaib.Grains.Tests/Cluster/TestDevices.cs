using System.Collections.Concurrent;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>The CPU device for every GPU, but for those that a test spoils.</summary>
internal sealed class TestDevices : IDeviceProvider
{
    private readonly ConcurrentDictionary<Hash32, Func<IDevice, IDevice>> _spoilt = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDevice _cpu = null!;

    /// <summary>Completes when the test is over: a device that waits for something gives up.</summary>
    public Task Over => _over.Task;

    public IDevice Get(Hash32 gpu) => _spoilt.TryGetValue(gpu, out var spoil) ? spoil(_cpu) : _cpu;

    /// <summary>Puts something between a GPU and its device.</summary>
    public void Spoil(Hash32 gpu, Func<IDevice, IDevice> spoil) => _spoilt[gpu] = spoil;

    /// <summary>The test is over.</summary>
    public void Release() => _over.TrySetResult();

    public IDeviceProvider On(IDevice cpu)
    {
        _cpu = cpu;
        return this;
    }
}

/// <summary>Passes everything on; a test overrides what it spoils.</summary>
internal abstract class DeviceWrapper(IDevice inner) : IDevice
{
    public string Name => inner.Name;

    public byte[] InitialWeights(MlpShape shape, Hash32 seed) => inner.InitialWeights(shape, seed);

    public virtual InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null) => inner.RunInner(task, diesBefore);

    public virtual OuterResult OuterStep(
        TrainingSettings settings,
        ReadOnlyMemory<byte> weights,
        ReadOnlyMemory<byte> momentum,
        IReadOnlyList<ReadOnlyMemory<byte>> deltas) => inner.OuterStep(settings, weights, momentum, deltas);

    public virtual long LossQ32(MlpShape shape, ReadOnlyMemory<byte> weights, SampleSet samples) => inner.LossQ32(shape, weights, samples);

    public virtual AttributionResult Attribute(AttributionTask task) => inner.Attribute(task);

    public virtual byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows) =>
        inner.Predict(shape, weights, rows);

    public virtual GemmResult RunGemm(GemmChallenge challenge) => inner.RunGemm(challenge);
}
