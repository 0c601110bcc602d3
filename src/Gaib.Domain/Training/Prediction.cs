using System.Buffers.Binary;

namespace Gaib.Domain.Training;

/// <summary>
/// One answered row: the class as uint16, then one logit a class as int32 in Q16, all little-endian. The logits are the net's binary32
/// outputs rounded half to even and saturated; the class is that of the largest of them, the lower of equals.
/// </summary>
public static class Prediction
{
    /// <summary>Fraction bits of a logit.</summary>
    public const int LogitFractionBits = 16;

    /// <summary>Bytes of one answered row.</summary>
    public static int RowBytes(int classes) => sizeof(ushort) + (sizeof(int) * classes);

    /// <summary>The class of an answered row.</summary>
    public static int Class(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadUInt16LittleEndian(row);

    /// <summary>The Q16 logit of one class.</summary>
    public static int Logit(ReadOnlySpan<byte> row, int classIndex) =>
        BinaryPrimitives.ReadInt32LittleEndian(row[(sizeof(ushort) + (sizeof(int) * classIndex))..]);

    /// <summary>Writes one row: the logits and the class that follows from them.</summary>
    /// <param name="logits">Q16, one a class.</param>
    /// <param name="row">Where to write; <see cref="RowBytes"/> long.</param>
    public static void Write(ReadOnlySpan<int> logits, Span<byte> row)
    {
        var best = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
            BinaryPrimitives.WriteInt32LittleEndian(row[(sizeof(ushort) + (sizeof(int) * i))..], logits[i]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(row, checked((ushort)best));
    }

    /// <summary>How many answered rows name the sample's label.</summary>
    /// <param name="rows">Rows one after the other.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="labels">One label a row.</param>
    public static int CountCorrect(ReadOnlySpan<byte> rows, int classes, ReadOnlySpan<byte> labels)
    {
        var size = RowBytes(classes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, checked(size * labels.Length));
        var correct = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            correct += Class(rows[(i * size)..]) == labels[i] ? 1 : 0;
        }

        return correct;
    }
}
