using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Gaib.Domain;

namespace Gaib.Evm.Tests;

/// <summary>Signing: published vectors of RFC 6979 over secp256k1, ethers' signatures byte for byte, and keys at the edges.</summary>
public sealed class PrivateKeyTests
{
    // The vectors that circulate among secp256k1 libraries (first given in "Deterministic signatures", 2013; r ‖ s, s made low).
    [Theory]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
        "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b",
        "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
        "Satoshi Nakamoto",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0",
        "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData(
        "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181",
        "Alan Turing",
        "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c",
        "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    [InlineData(
        "e91671c46231f833a6406ccbea0e3e392c76c167bac1cb013f6f1013980455c2",
        "There is a computer disease that anybody who works with computers knows about. It's a very serious disease and it interferes completely with the work. The trouble with computers is that you 'play' with them!",
        "b552edd27580141f3b2a5463048cb7cd3e047b97c9f98076c32dbdf85a68718b",
        "279fa72dd19bfae05577e06c7c0c1900c371fcd5893f7e1d56a37d30174671f6")]
    public void Sign_PublishedVector_Matches(string secret, string message, string r, string s)
    {
        var digest = new Hash32(SHA256.HashData(Encoding.UTF8.GetBytes(message)));
        var signature = new PrivateKey(Hash32.Parse(secret)).Sign(digest);
        Assert.Equal(("0x" + r, "0x" + s), (signature.R.ToString(), signature.S.ToString()));
    }

    [Fact]
    public async Task Sign_RandomAndExtremeKeys_EqualsEthersByteForByte()
    {
        var cases = await NpmVectors.NodeAsync("signatures.mjs", "", "1", NpmVectors.Nightly ? "5000" : "200");
        var parities = new HashSet<byte>();
        foreach (var vector in cases.EnumerateArray())
        {
            var key = new PrivateKey(Hash32.Parse(vector.GetProperty("secret").GetString()!));
            var digest = Hash32.Parse(vector.GetProperty("digest").GetString()!);
            var signature = key.Sign(digest);
            Assert.Equal(vector.GetProperty("address").GetString(), key.Address.ToString());
            Assert.Equal(vector.GetProperty("signature").GetString(), signature.ToString());
            Assert.True(EcdsaRecovery.TryRecover(digest, signature, out var signer));
            Assert.Equal(key.Address, signer);
            parities.Add(signature.V);
        }

        Assert.Equal([(byte)27, (byte)28], parities.Order());
    }

    [Fact]
    public void New_ZeroOrGroupOrder_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new PrivateKey(Hash32.Zero));
        Assert.Throws<ArgumentException>(() => new PrivateKey(Draws.N.Word()));
        Assert.Throws<ArgumentException>(() => new PrivateKey((Draws.N + 1).Word()));
        Assert.False(new PrivateKey((Draws.N + -1).Word()).Address.IsZero);
    }

    [Fact]
    public void Derive_InvalidSeed_IsHashedUntilValid()
    {
        foreach (var seed in new[] { Hash32.Zero, Draws.N.Word(), (Draws.N + 1).Word() })
        {
            Assert.Equal(new PrivateKey(Keccak.Hash(seed.ToArray())).Address, PrivateKey.Derive(seed).Address);
        }

        var valid = Keccak.HashUtf8("a valid seed");
        Assert.Equal(new PrivateKey(valid).Address, PrivateKey.Derive(valid).Address);
    }

    [Fact]
    public void ToString_AnyKey_ShowsTheAddressOnly() => Draws.Word.Sample(
        seed =>
        {
            var key = PrivateKey.Derive(seed);
            Assert.Equal($"PrivateKey of {key.Address}", key.ToString());
            Assert.DoesNotContain(seed.ToString()[2..], key.ToString(), StringComparison.OrdinalIgnoreCase);
        },
        iter: 50);
}
