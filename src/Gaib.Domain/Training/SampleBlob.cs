using System.Buffers.Binary;

namespace Gaib.Domain.Training;

/// <summary>
/// A sample set as one blob: feature count and sample count (uint32, little-endian), then all features, then one label byte a sample.
/// </summary>
public static class SampleBlob
{
    private const int Head = 2 * sizeof(uint);

    /// <summary>The blob of a set.</summary>
    public static byte[] Encode(SampleSet set)
    {
        var bytes = new byte[Head + set.Features.Length + set.Labels.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)set.FeatureCount);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sizeof(uint)), (uint)set.Count);
        set.Features.Span.CopyTo(bytes.AsSpan(Head));
        set.Labels.Span.CopyTo(bytes.AsSpan(Head + set.Features.Length));
        return bytes;
    }

    /// <summary>The set of a blob.</summary>
    /// <exception cref="FormatException">The blob has another length than its head says.</exception>
    public static SampleSet Decode(ReadOnlyMemory<byte> blob)
    {
        var span = blob.Span;
        var features = span.Length < Head ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(span);
        var count = span.Length < Head ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(span[sizeof(uint)..]);
        var expected = Head + ((long)features * count) + count;
        return expected == blob.Length
            ? new SampleSet((int)features, blob.Slice(Head, (int)(features * count)), blob[(Head + (int)(features * count))..])
            : throw new FormatException($"A sample blob of {count} × {features} has {expected} bytes, not {blob.Length}.");
    }
}
