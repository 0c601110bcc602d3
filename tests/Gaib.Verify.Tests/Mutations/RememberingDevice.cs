using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gaib.Cuda;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>
/// The CPU, which computes nothing twice: hundreds of mutants differ in one value, and most ask for the same work. A device is a pure
/// function, so an answer is remembered by a hash of every argument; whatever differs in one bit is computed.
/// </summary>
internal sealed class RememberingDevice(IDevice inner) : IDevice
{
    private readonly ConcurrentDictionary<string, Lazy<object>> _known = new(StringComparer.Ordinal);

    /// <summary>One for all tests, a thread a call: tests and mutants run side by side already.</summary>
    public static RememberingDevice Shared { get; } = new(CpuDevice.Create(1));

    public string Name => inner.Name;

    public byte[] InitialWeights(MlpShape shape, Hash32 seed) =>
        Once("initial", key => key.Add(shape.Hash()).Add(seed), () => inner.InitialWeights(shape, seed));

    public InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null) => diesBefore is not null
        ? inner.RunInner(task, diesBefore)
        : Once(
            "inner",
            key => key.Add(task.Settings.Hash()).Add(task.RunHash).Add(task.Round).Add(task.Slot).Add(task.Weights).Add(task.Samples),
            () => inner.RunInner(task)!);

    public OuterResult OuterStep(
        TrainingSettings settings,
        ReadOnlyMemory<byte> weights,
        ReadOnlyMemory<byte> momentum,
        IReadOnlyList<ReadOnlyMemory<byte>> deltas) => Once(
        "outer",
        key => deltas.Aggregate(key.Add(settings.Hash()).Add(weights).Add(momentum), (sum, delta) => sum.Add(delta)),
        () => inner.OuterStep(settings, weights, momentum, deltas));

    public long LossQ32(MlpShape shape, ReadOnlyMemory<byte> weights, SampleSet samples) =>
        Once<object>("loss", key => key.Add(shape.Hash()).Add(weights).Add(samples), () => inner.LossQ32(shape, weights, samples)) is long loss
            ? loss
            : throw new InvalidOperationException("A loss is a number.");

    public AttributionResult Attribute(AttributionTask task) => Once(
        "attribute",
        key => task.Slots.Aggregate(
            key.Add(task.Settings.Hash()).Add(task.RunHash).Add(task.Round).Add(task.Weights).Add(task.Samples)
                .Add(MemoryMarshal.AsBytes(task.Owners.AsSpan())).Add(task.Contributors).Add(task.Validation),
            (sum, slot) => sum.Add(slot)),
        () => inner.Attribute(task));

    public byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows) =>
        Once("predict", key => key.Add(shape.Hash()).Add(weights).Add(rows), () => inner.Predict(shape, weights, rows));

    public GemmResult RunGemm(GemmChallenge challenge) =>
        Once("gemm", key => key.Add(challenge.Seed).Add(challenge.Size), () => inner.RunGemm(challenge));

    private T Once<T>(string what, Func<Key, Key> arguments, Func<T> compute)
        where T : class
    {
        using var key = new Key();
        var known = _known.GetOrAdd($"{what} {arguments(key).Hash()}", _ => new Lazy<object>(() => compute()!));
        return (T)known.Value;
    }

    /// <summary>Every part goes in with its length, so that no two lists of arguments run together.</summary>
    private sealed class Key : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public Key Add(ReadOnlySpan<byte> part)
        {
            _hash.AppendData(BitConverter.GetBytes(part.Length));
            _hash.AppendData(part);
            return this;
        }

        public Key Add(ReadOnlyMemory<byte> part) => Add(part.Span);

        public Key Add(int number) => Add(BitConverter.GetBytes(number));

        public Key Add(Hash32 hash) => Add(hash.ToArray());

        public Key Add(SampleSet samples) => Add(samples.FeatureCount).Add(samples.Features).Add(samples.Labels);

        public string Hash() => Convert.ToHexString(_hash.GetHashAndReset());

        public void Dispose() => _hash.Dispose();
    }
}
