using System.Buffers.Binary;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>Small made-up problems: one blob of bytes a class, so that a net can learn something.</summary>
internal static class Blobs
{
    public static SampleSet Samples(int count, MlpShape shape, string seed)
    {
        var draws = new KeccakStream(Keccak.HashUtf8(seed));
        var features = new byte[count * shape.Features];
        var labels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)draws.Next((ulong)shape.Classes);
            for (var j = 0; j < shape.Features; j++)
            {
                var centre = (labels[i] * 5) + (j * 3);
                features[(i * shape.Features) + j] = (byte)((centre + (int)draws.Next(9)) % 17);
            }
        }

        return new SampleSet(shape.Features, features, labels);
    }

    public static float[] Numbers(byte[] blob)
    {
        var numbers = new float[blob.Length / 4];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(blob.AsSpan(4 * i));
        }

        return numbers;
    }

    public static byte[] Bytes(float[] numbers)
    {
        var blob = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(blob.AsSpan(4 * i), numbers[i]);
        }

        return blob;
    }
}
