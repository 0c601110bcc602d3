using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gaib.Domain.Data;

/// <summary>
/// The canonical bytes of a sample, which are the bytes of a chunk (one chunk is one sample). Encoding 1:
/// <code>
/// offset  length  content
/// 0       1       encoding version, 1
/// 1       4       n, the number of features, uint32 big-endian
/// 5       n       the features, one byte each
/// 5 + n   2       the label, uint16 big-endian
/// </code>
/// Every sample has exactly one such form. The label stands last, so that all before it is the canonical form of the features alone.
/// </summary>
public static class SampleCodec
{
    /// <summary>Version of the encoding, the first byte of every chunk.</summary>
    public const byte Version = 1;

    private const int FeaturesOffset = 5;
    private const int LabelSize = 2;

    /// <summary>Length in bytes of a canonical sample of so many features.</summary>
    public static int EncodedLength(int features) => checked(FeaturesOffset + features + LabelSize);

    /// <summary>The canonical bytes.</summary>
    public static ImmutableArray<byte> Encode(Sample sample)
    {
        var bytes = new byte[EncodedLength(sample.Features.Length)];
        WriteFeatures(sample.Features.AsSpan(), bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(bytes.Length - LabelSize), sample.Label);
        return ImmutableCollectionsMarshal.AsImmutableArray(bytes);
    }

    /// <summary>
    /// Reads canonical bytes; <see cref="Reason.SampleInvalid"/> names what is wrong with them. Accepted bytes encode back to themselves.
    /// </summary>
    public static Outcome<Sample> Decode(ReadOnlySpan<byte> bytes, DataShape shape)
    {
        if (bytes.Length != EncodedLength(shape.Features))
        {
            return new Rejection(Reason.SampleInvalid, EncodedLength(shape.Features), bytes.Length, "length");
        }

        if (bytes[0] != Version)
        {
            return new Rejection(Reason.SampleInvalid, Version, bytes[0], "encoding");
        }

        var count = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        if (count != (uint)shape.Features)
        {
            return new Rejection(Reason.SampleInvalid, shape.Features, count, "features");
        }

        var features = bytes.Slice(FeaturesOffset, shape.Features).ToImmutableArray();
        var sample = new Sample(features, BinaryPrimitives.ReadUInt16BigEndian(bytes[^LabelSize..]));
        var rejection = shape.Check(sample);
        return rejection is null ? sample : rejection;
    }

    /// <summary>
    /// keccak256 of the canonical bytes without the label: equal for exact duplicates, whatever their label, salt, index or owner.
    /// </summary>
    public static Hash32 FeatureKey(ReadOnlySpan<byte> features)
    {
        var bytes = new byte[FeaturesOffset + features.Length];
        WriteFeatures(features, bytes);
        return Keccak.Hash(bytes);
    }

    private static void WriteFeatures(ReadOnlySpan<byte> features, Span<byte> bytes)
    {
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)features.Length);
        features.CopyTo(bytes[FeaturesOffset..]);
    }
}
