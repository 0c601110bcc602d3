using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Verify.Tests.Training;

/// <summary>Three classes of eight features that follow from a name alone: small enough for a training run in milliseconds.</summary>
internal static class WorkshopData
{
    public static DataShape Shape { get; } = new(8, 16, 3);

    public static ImmutableArray<Sample> Draw(string name, int count)
    {
        var draws = KeccakStream.For(Keccak.HashUtf8(name), "workshop");
        return [.. Enumerable.Range(0, count).Select(i => One(i % Shape.Classes, draws))];
    }

    public static ImmutableArray<Chunk> Chunks(string name, int count) =>
        [.. Draw(name, count).Select((sample, i) => new Chunk((ulong)i, Keccak.HashUtf8($"{name} {i}"), SampleCodec.Encode(sample)))];

    public static HeldBackPart Part(HeldBackKind kind, int count) => new(
        kind, [.. Enumerable.Range(0, count)], Draw($"{kind}", count), [.. Enumerable.Range(0, count).Select(i => Keccak.HashUtf8($"{kind} {i}"))]);

    /// <summary>Each class has its own high features; the rest is spread.</summary>
    private static Sample One(int label, KeccakStream draws) => new(
        [.. Enumerable.Range(0, Shape.Features).Select(f => (byte)((f % Shape.Classes == label ? 9 : 0) + draws.Next(8)))], (ushort)label);
}
