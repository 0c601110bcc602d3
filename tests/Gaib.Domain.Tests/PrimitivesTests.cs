using System.Text;

namespace Gaib.Domain.Tests;

/// <summary>Published vectors of keccak-256 and EIP-55.</summary>
public sealed class PrimitivesTests
{
    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("testing", "0x5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02")]
    public void Keccak_PublishedVector_Matches(string text, string digest) =>
        Assert.Equal(digest, Keccak.Hash(Encoding.UTF8.GetBytes(text)).ToString());

    // The examples of EIP-55 itself.
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Address_Eip55Example_RoundTrips(string text)
    {
        Assert.Equal(text, Address.Parse(text.ToLowerInvariant()).ToString());
        Assert.Equal(text, Address.Parse(text).ToString());
        Assert.Throws<FormatException>(() => Address.Parse(SwapCaseOfOneLetter(text)));
    }

    [Fact]
    public void Hash32_Order_IsBigEndian()
    {
        var small = Hash32.Parse("0x00" + new string('f', 62));
        var large = Hash32.Parse("0x01" + new string('0', 62));
        Assert.True(small < large);
        Assert.Equal(0x0100000000000000UL, large.Prefix64);
    }

    private static string SwapCaseOfOneLetter(string text)
    {
        var at = text.LastIndexOfAny([.. "abcdefABCDEF"]);
        var letter = char.IsUpper(text[at]) ? char.ToLowerInvariant(text[at]) : char.ToUpperInvariant(text[at]);
        return string.Concat(text.AsSpan(0, at), letter.ToString(), text.AsSpan(at + 1));
    }
}
