using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>Three well separated classes of eight features: small enough for a training run in milliseconds.</summary>
internal static class SmallData
{
    public static DataShape Shape { get; } = new(8, 16, 3);

    /// <summary>Samples that follow from the name alone; labels go round.</summary>
    public static ImmutableArray<Sample> Draw(string name, int count)
    {
        var draws = KeccakStream.For(Keccak.HashUtf8(name), "small data");
        return [.. Enumerable.Range(0, count).Select(i => One(i % Shape.Classes, draws))];
    }

    public static ImmutableArray<Chunk> Chunks(string name, IEnumerable<Sample> samples) =>
        [.. samples.Select((sample, i) => new Chunk((ulong)i, Keccak.HashUtf8(name + i), SampleCodec.Encode(sample)))];

    public static HeldBackPart Part(HeldBackKind kind, int count)
    {
        var samples = Draw("held back " + kind, count);
        return new HeldBackPart(
            kind, [.. Enumerable.Range(0, count)], samples, [.. samples.Select((_, i) => Keccak.HashUtf8($"{kind} {i}"))]);
    }

    /// <summary>Each class has its own high features; the rest is spread.</summary>
    private static Sample One(int label, KeccakStream draws) => new(
        [.. Enumerable.Range(0, Shape.Features).Select(f => (byte)((f % Shape.Classes == label ? 9 : 0) + draws.Next(8)))], (ushort)label);
}
