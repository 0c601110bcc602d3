using CsCheck;

namespace Gaib.Domain.Tests.Primitives;

/// <summary>A signature is 65 bytes in every form in which it is carried.</summary>
public sealed class SignatureTests
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[Signature.Size];

    [Fact]
    public void TryRead_Any65Bytes_RoundTrips() => Bytes.Sample(bytes =>
    {
        Assert.True(Signature.TryRead(bytes, out var signature));
        Assert.Equal(bytes, signature.ToArray());
        Assert.Equal(bytes[64], signature.V);
        Assert.Equal(signature, Signature.Parse(signature.ToString()));
        Assert.Equal("0x" + Convert.ToHexStringLower(bytes), signature.ToString());
    });

    [Fact]
    public void Size_OfTheStruct_IsTheSizeOfTheBytes() =>
        Assert.Equal(Signature.Size, System.Runtime.CompilerServices.Unsafe.SizeOf<Signature>());

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(66)]
    public void TryRead_AnyOtherLength_IsRefused(int length)
    {
        Assert.False(Signature.TryRead(new byte[length], out var signature));
        Assert.Equal(default, signature);
        Assert.Throws<FormatException>(() => Signature.Parse("0x" + new string('0', 2 * length)));
    }
}
