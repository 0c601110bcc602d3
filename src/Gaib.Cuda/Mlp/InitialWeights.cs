using System.Buffers.Binary;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>
/// Starting weights, drawn in integers. Matrix entries in blob order take 24 bits each from the <see cref="KeccakStream"/> of
/// keccak256(abi.encode(keccak256("gaib.init.1"), seed, shapeHash)): with s = 2·(draw below 2^24) + 1 − 2^24 and
/// A = ⌊√(6·2^44 / in)⌋ the weight is (s·A &gt;&gt; 24) · 2^−22, exactly a binary32. Biases are zero.
/// </summary>
internal static class InitialWeights
{
    private const int DrawBits = 24;
    private const int ScaleBits = 22;

    public static byte[] Draw(MlpShape shape, Hash32 seed)
    {
        var draws = new KeccakStream(new AbiWriter(3).Utf8("gaib.init.1").Hash(seed).Hash(shape.Hash()).Hash());
        var blob = new byte[shape.BlobBytes];
        var at = 0;
        for (var tensor = 0; tensor < shape.TensorCount; tensor++)
        {
            var length = shape.TensorLength(tensor);
            if (tensor % 2 == 1)
            {
                at += length * MlpShape.ParameterBytes;
                continue;
            }

            var amplitude = SquareRoot((6L << (2 * ScaleBits)) / shape.Layers[tensor / 2]);
            for (var i = 0; i < length; i++, at += MlpShape.ParameterBytes)
            {
                var draw = (2 * (long)draws.Next(1 << DrawBits)) + 1 - (1 << DrawBits);
                var mantissa = (int)((draw * amplitude) >> DrawBits);
                BinaryPrimitives.WriteSingleLittleEndian(blob.AsSpan(at), mantissa * (1f / (1 << ScaleBits)));
            }
        }

        return blob;
    }

    /// <summary>⌊√value⌋ by bisection in integers.</summary>
    private static long SquareRoot(long value)
    {
        var least = 0L;
        var most = 1L << 26;
        while (least < most)
        {
            var middle = (least + most + 1) / 2;
            (least, most) = middle * middle <= value ? (middle, most) : (least, middle - 1);
        }

        return least;
    }
}
