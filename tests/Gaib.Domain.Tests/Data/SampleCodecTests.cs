using System.Collections.Immutable;
using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class SampleCodecTests
{
    private static readonly DataShape Small = new(3, 16, 10);

    private static readonly Gen<(DataShape Shape, Sample Sample)> Gens =
        from features in Gen.Int[1, 300]
        from max in Gen.Int[1, 255]
        from classes in Gen.Int[2, 65535]
        from values in Gen.Int[0, max].Array[features]
        from label in Gen.Int[0, classes - 1]
        select (new DataShape(features, (byte)max, (ushort)classes), new Sample([.. values.Select(v => (byte)v)], (ushort)label));

    [Fact]
    public void Encode_KnownSample_GivesDocumentedBytes() =>
        Assert.Equal(
            new byte[] { 1, 0, 0, 0, 3, 7, 0, 16, 0, 9 },
            SampleCodec.Encode(new Sample([7, 0, 16], 9)).ToArray());

    [Fact]
    public void Decode_EncodedSample_RoundTrips() =>
        Gens.Sample(x =>
        {
            var bytes = SampleCodec.Encode(x.Sample);
            var decoded = SampleCodec.Decode(bytes.AsSpan(), x.Shape);
            Assert.Equal(x.Sample, decoded.Value);
            Assert.Equal(bytes, SampleCodec.Encode(decoded.Value));
        });

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 7, 0, 16, 0 }, "length")]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 7, 0, 16, 0, 9, 0 }, "length")]
    [InlineData(new byte[] { 2, 0, 0, 0, 3, 7, 0, 16, 0, 9 }, "encoding")]
    [InlineData(new byte[] { 1, 0, 0, 0, 4, 7, 0, 16, 0, 9 }, "features")]
    [InlineData(new byte[] { 1, 1, 0, 0, 3, 7, 0, 16, 0, 9 }, "features")]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 7, 0, 17, 0, 9 }, "feature 2")]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 7, 0, 16, 0, 10 }, "label")]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 7, 0, 16, 1, 9 }, "label")]
    public void Decode_NotCanonical_IsRefusedWithTheField(byte[] bytes, string subject)
    {
        var rejection = SampleCodec.Decode(bytes, Small).Rejection;
        Assert.Equal((Reason.SampleInvalid, subject), (rejection?.Reason, rejection?.Subject));
    }

    [Fact]
    public void FeatureKey_OfFeatures_IsHashOfCanonicalBytesBeforeTheLabel() =>
        Gens.Sample(x => Assert.Equal(
            Keccak.Hash(SampleCodec.Encode(x.Sample).AsSpan()[..^2]),
            SampleCodec.FeatureKey(x.Sample.Features.AsSpan())));

    [Fact]
    public void SampleCsv_Digits_Are1797OfTenClasses()
    {
        var samples = DigitsFile.Samples;
        Assert.Equal(1797, samples.Length);
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], samples.CountBy(s => s.Label).OrderBy(c => c.Key).Select(c => c.Value));
        Assert.Equal([0, 0, 5, 13, 9, 1, 0, 0], samples[0].Features[..8]);
        Assert.Equal(1797, samples.Distinct().Count());
    }

    [Theory]
    [InlineData("h\n1,2,3,4\n", null)]
    [InlineData("h\n1,2,3,4\r\n\r\n", null)]
    [InlineData("h\n1,2,3\n", "line 2")]
    [InlineData("h\n1,2,3,4\n1,2,3,4,5\n", "line 3")]
    [InlineData("h\n1,2,3,\n", "line 2")]
    [InlineData("h\n1,2,300,4\n", "line 2")]
    [InlineData("h\n1,2,17,4\n", "line 2")]
    [InlineData("h\n1,-2,3,4\n", "line 2")]
    [InlineData("h\n1,2,3,10\n", "line 2")]
    public void SampleCsv_Line_IsReadOrNamed(string text, string? subject)
    {
        var parsed = SampleCsv.Parse(text, Small);
        Assert.Equal(subject, parsed.Rejection?.Subject);
        if (subject is null)
        {
            Assert.Equal([new Sample([1, 2, 3], 4)], parsed.Value);
        }
    }

    [Fact]
    public void Equality_ShapesAndDefaults_CompareContent()
    {
        Assert.True(new Sample([1, 2], 3) == new Sample(ImmutableArray.Create<byte>(1, 2), 3));
        Assert.True(new Sample([1, 2], 3) != new Sample([1, 2], 4));
        Assert.True(default == new Sample([], 0));
        Assert.Equal(new Sample([1, 2], 3).GetHashCode(), new Sample([1, 2], 3).GetHashCode());
    }

    [Theory]
    [InlineData(0, 16, 10, "features")]
    [InlineData(DataShape.FeaturesMax + 1, 16, 10, "features")]
    [InlineData(64, 0, 10, "featureMax")]
    [InlineData(64, 16, 1, "classes")]
    [InlineData(64, 16, 2, null)]
    public void DataShape_OutOfRange_IsRefusedWithTheField(int features, byte max, ushort classes, string? subject) =>
        Assert.Equal(subject, new DataShape(features, max, classes).Check()?.Subject);
}
