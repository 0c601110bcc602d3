using System.Collections.Immutable;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>The ways in which a scenario makes bad data out of good.</summary>
internal static class Noise
{
    /// <summary>Each feature moved by a uniform integer within ± amplitude, kept in range.</summary>
    public static Sample Grey(Sample sample, int amplitude, KeccakStream stream) => new(
        [.. sample.Features.Select(x => (byte)Math.Clamp(x + stream.Next(2 * amplitude + 1) - amplitude, 0, 16))],
        sample.Label);

    /// <summary>Another label than the sample has, uniformly.</summary>
    public static Sample Mislabel(Sample sample, KeccakStream stream) =>
        new(sample.Features, (ushort)((sample.Label + 1 + stream.Next(9)) % 10));

    /// <summary>Uniform features and label.</summary>
    public static Sample Uniform(KeccakStream stream) =>
        new([.. Enumerable.Range(0, 64).Select(_ => (byte)stream.Next(17))], (ushort)stream.Next(10));

    /// <summary>The sample's own features in random places: right grey levels, no image.</summary>
    public static Sample Pixels(Sample sample, KeccakStream stream)
    {
        var features = sample.Features.ToArray();
        stream.Shuffle<byte>(features);
        return new Sample([.. features], sample.Label);
    }

    /// <summary>The image moved right by one pixel.</summary>
    public static Sample Shift(Sample sample) =>
        new(ImmutableArray.CreateRange(Enumerable.Range(0, 64).Select(i => i % 8 == 0 ? (byte)0 : sample.Features[i - 1])), sample.Label);
}
