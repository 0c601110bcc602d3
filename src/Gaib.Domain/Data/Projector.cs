using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>
/// The frozen projector of samples to int8[64], <c>embedder: 1</c>. It depends on nothing but the shape. With m = ⌊(featureMax + 1)/2⌋ and
/// n = ⌈features/64⌉, feature j adds <c>sign_j·(x_j − m)</c> to lane j mod 64; a lane's sum y becomes <c>y·max(1, ⌊127/m⌋)</c> for n = 1
/// and <c>y·127 / (2·⌈√n⌉·m)</c> truncated towards zero for n &gt; 1, clamped to ±127. sign_j is +1 where bit j mod 64 (least significant
/// first) of word ⌊j/64⌋ of <c>KeccakStream(keccak256("gaib.embedder.1"))</c> is set, else −1.
/// </summary>
/// <remarks>
/// Up to 64 features this is a scaled identity up to signs, so that distances keep their order exactly; on the digits that ranked better
/// than a dense random ±1 projection (mislabel detection AUC, median of 20 seeds, .998 against .996), a blur or a normalisation. Beyond 64
/// it is a count sketch (Charikar, Chen, Farach-Colton, 2002), which keeps squared distances in the mean; on Fashion-MNIST it
/// ranked no worse than the dense projection or area pooling, at a 64th of the work.
/// </remarks>
public sealed class Projector
{
    /// <summary>Version of the projector.</summary>
    public const int RuleVersion = 1;

    /// <summary>Lanes of an embedding.</summary>
    public const int Lanes = 64;

    private readonly sbyte[] _signs;
    private readonly int _middle;
    private readonly int _numerator;
    private readonly int _denominator;

    /// <summary>The projector for samples of a shape.</summary>
    public Projector(DataShape shape)
    {
        _signs = new sbyte[shape.Features];
        _middle = (shape.FeatureMax + 1) / 2;
        var perLane = (shape.Features + Lanes - 1) / Lanes;
        (_numerator, _denominator) = perLane == 1
            ? (Math.Max(1, sbyte.MaxValue / _middle), 1)
            : (sbyte.MaxValue, 2 * CeilingSquareRoot(perLane) * _middle);
        var stream = new KeccakStream(Keccak.HashUtf8("gaib.embedder.1"));
        for (var word = 0; word < perLane; word++)
        {
            var bits = stream.NextUInt64();
            for (var j = Lanes * word; j < Math.Min(shape.Features, Lanes * (word + 1)); j++)
            {
                _signs[j] = (bits >> (j % Lanes) & 1) == 1 ? (sbyte)1 : (sbyte)-1;
            }
        }
    }

    /// <summary>Writes the embedding of a sample's features.</summary>
    /// <param name="features">As many as the shape says.</param>
    /// <param name="embedding">64 lanes.</param>
    /// <exception cref="ArgumentException">Another number of features or lanes.</exception>
    public void Embed(ReadOnlySpan<byte> features, Span<sbyte> embedding)
    {
        if (features.Length != _signs.Length || embedding.Length != Lanes)
        {
            throw new ArgumentException($"Expected {_signs.Length} features to {Lanes} lanes, got {features.Length} to {embedding.Length}.");
        }

        Span<int> sums = stackalloc int[Lanes];
        sums.Clear();
        for (var j = 0; j < features.Length; j++)
        {
            sums[j % Lanes] += _signs[j] * (features[j] - _middle);
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            embedding[lane] = (sbyte)Math.Clamp((long)sums[lane] * _numerator / _denominator, -sbyte.MaxValue, sbyte.MaxValue);
        }
    }

    /// <summary>The embedding of a sample's features in a new array.</summary>
    public ImmutableArray<sbyte> Embed(ReadOnlySpan<byte> features)
    {
        var embedding = new sbyte[Lanes];
        Embed(features, embedding);
        return [.. embedding];
    }

    private static int CeilingSquareRoot(int value)
    {
        var root = 1;
        while (root * root < value)
        {
            root++;
        }

        return root;
    }
}
