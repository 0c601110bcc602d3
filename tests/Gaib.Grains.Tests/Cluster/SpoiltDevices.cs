using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>Sends a scaled delta for its own slot in some rounds, and computes everything else as it should.</summary>
internal sealed class ScalingDevice(IDevice inner, int slot, Func<int, bool> cheatsIn) : DeviceWrapper(inner)
{
    public override InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null)
    {
        var honest = base.RunInner(task, diesBefore);
        if (honest is null || task.Slot != slot || !cheatsIn(task.Round))
        {
            return honest;
        }

        var scaled = honest.Delta.ToArray();
        for (var tensor = 0; tensor < task.Settings.Shape.TensorCount; tensor++)
        {
            var exponent = int.Min(DeltaFormat.ExponentMax, DeltaFormat.Exponent(scaled, tensor) + 2);
            scaled[2 + tensor] = unchecked((byte)(sbyte)exponent);
        }

        return honest with { Delta = scaled, DeltaHash = Keccak.Hash(scaled) };
    }
}

/// <summary>Dies before an inner step of a round.</summary>
internal sealed class DyingDevice(IDevice inner, int round, int step) : DeviceWrapper(inner)
{
    public override InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null) =>
        base.RunInner(task, now => task.Round == round && now >= step);
}

/// <summary>Is gone from a round on, at whatever it is asked.</summary>
internal sealed class GoneDevice(IDevice inner, int fromRound, bool trains = false) : DeviceWrapper(inner)
{
    public override InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null) =>
        task.Round < fromRound || trains ? base.RunInner(task, diesBefore) : throw new DeviceLostException("gone");

    public override AttributionResult Attribute(AttributionTask task) =>
        task.Round < fromRound ? base.Attribute(task) : throw new DeviceLostException("gone");
}

/// <summary>Answers a round with something else than a delta.</summary>
internal sealed class GarbageDevice(IDevice inner, int round, Func<InnerResult, InnerResult> spoil) : DeviceWrapper(inner)
{
    public override InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null)
    {
        var honest = base.RunInner(task, diesBefore);
        return honest is not null && task.Round == round ? spoil(honest) : honest;
    }
}

/// <summary>Trains as it should, and answers whoever pays for an inference with noise.</summary>
internal sealed class NoisyDevice(IDevice inner) : DeviceWrapper(inner)
{
    public override byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows)
    {
        var answer = base.Predict(shape, weights, rows);
        answer[0] ^= 1;
        return answer;
    }
}

/// <summary>Answers no inference any more.</summary>
internal sealed class SilentDevice(IDevice inner) : DeviceWrapper(inner)
{
    public override byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows) =>
        throw new DeviceLostException("silent");
}

/// <summary>Gets a GEMM challenge wrong by one.</summary>
internal sealed class WeakDevice(IDevice inner) : DeviceWrapper(inner)
{
    public override GemmResult RunGemm(GemmChallenge challenge)
    {
        var product = base.RunGemm(challenge).Product.ToArray();
        product[5] ^= 1;
        return new GemmResult(product, Keccak.Hash(product));
    }
}
