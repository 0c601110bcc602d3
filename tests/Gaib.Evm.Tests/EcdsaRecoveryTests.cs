using CsCheck;
using Gaib.Domain;

namespace Gaib.Evm.Tests;

/// <summary>Recovery finds the signer of exactly what was signed, and refuses every signature that has a second form.</summary>
public sealed class EcdsaRecoveryTests
{
    private static readonly PrivateKey Key = PrivateKey.Derive(Keccak.HashUtf8("cow"));
    private static readonly Hash32 Digest = Keccak.HashUtf8("digest");
    private static readonly Signature Signature = Key.Sign(Digest);

    private static long Size => NpmVectors.Nightly ? 20_000 : 300;

    [Fact]
    public void TryRecover_AnyKeyAndDigest_GivesTheSigner() => Gen.Select(Draws.Key, Draws.Word).Sample(
        (key, digest) =>
        {
            Assert.True(EcdsaRecovery.TryRecover(digest, key.Sign(digest).ToArray(), out var signer));
            Assert.Equal(key.Address, signer);
        },
        iter: Size);

    [Fact]
    public void TryRecover_OneBitOfTheDigestTurned_GivesAnotherAddress() => Gen.Select(Draws.Key, Draws.Word, Gen.Int[0, 255]).Sample(
        (key, digest, bit) =>
        {
            EcdsaRecovery.TryRecover(Draws.Flip(digest, bit), key.Sign(digest), out var signer);
            Assert.NotEqual(key.Address, signer);
        },
        iter: Size);

    [Fact]
    public void TryRecover_OneBitOfTheSignatureTurned_NeverGivesTheSigner()
    {
        var (refused, other) = (0, 0);
        for (var bit = 0; bit < 8 * Signature.Size; bit++)
        {
            var bytes = Signature.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var accepted = EcdsaRecovery.TryRecover(Digest, bytes, out var signer);
            Assert.NotEqual(Key.Address, signer);
            (refused, other) = accepted ? (refused, other + 1) : (refused + 1, other);
        }

        Assert.True(refused > 50 && other > 50, $"{refused} refused, {other} of another signer");
    }

    [Fact]
    public void TryRecover_HighS_IsRefused() => Gen.Select(Draws.Key, Draws.Word).Sample(
        (key, digest) =>
        {
            // (r, n − s) with the other parity is as valid a signature in mathematics.
            var low = key.Sign(digest);
            var mirrored = new Signature(low.R, (Draws.N - UInt256.Of(low.S)).Word(), (byte)(55 - low.V));
            Assert.False(EcdsaRecovery.TryRecover(digest, mirrored, out var signer));
            Assert.True(signer.IsZero);
        },
        iter: Size);

    [Fact]
    public void TryRecover_SAtTheMiddle_IsTheLastAccepted()
    {
        var half = Draws.N / 2;
        Assert.True(EcdsaRecovery.TryRecover(Digest, new Signature(Signature.R, half.Word(), 27), out _));
        Assert.False(EcdsaRecovery.TryRecover(Digest, new Signature(Signature.R, (half + 1).Word(), 27), out _));
    }

    [Fact]
    public void TryRecover_ROrSZeroOrNotBelowTheOrder_IsRefused()
    {
        foreach (var number in new[] { Hash32.Zero, Draws.N.Word(), (Draws.N + 1).Word(), new Hash32([.. Enumerable.Repeat((byte)0xFF, 32)]) })
        {
            Assert.False(EcdsaRecovery.TryRecover(Digest, new Signature(number, Signature.S, Signature.V), out _));
            Assert.False(EcdsaRecovery.TryRecover(Digest, new Signature(Signature.R, number, Signature.V), out _));
        }
    }

    [Fact]
    public void TryRecover_AnyOtherV_IsRefused()
    {
        for (var v = 0; v <= byte.MaxValue; v++)
        {
            var accepted = EcdsaRecovery.TryRecover(Digest, new Signature(Signature.R, Signature.S, (byte)v), out var signer);
            Assert.Equal(v is 27 or 28, accepted);
            Assert.Equal(v == Signature.V, signer == Key.Address);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(66)]
    [InlineData(130)]
    public void TryRecover_AnyOtherLength_IsRefused(int length)
    {
        var bytes = new byte[length];
        Signature.ToArray().AsSpan(0, Math.Min(length, Signature.Size)).CopyTo(bytes);
        Assert.False(EcdsaRecovery.TryRecover(Digest, bytes, out _));
    }

    [Fact]
    public void TryRecover_RThatIsNoCoordinate_IsRefused()
    {
        // x = 5 is not on the curve: 5³ + 7 = 132 is no square modulo p.
        Assert.False(EcdsaRecovery.TryRecover(Digest, new Signature(new UInt256(5).Word(), Signature.S, 27), out _));
        Assert.True(EcdsaRecovery.TryRecover(Digest, new Signature(new UInt256(1).Word(), Signature.S, 27), out _));
    }

    [Fact]
    public void TryRecover_PointAtInfinity_IsRefused()
    {
        // With R = G (k = 1) and s = z the recovered key would be (z − z)/r · G.
        var digest = new UInt256(7).Word();
        var x = Hash32.Parse("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        Assert.False(EcdsaRecovery.TryRecover(digest, new Signature(x, digest, 27), out _));
        Assert.True(EcdsaRecovery.TryRecover(digest, new Signature(x, digest, 28), out _));
    }

    [Fact]
    public async Task Sign_RandomDigests_EthersRecoversTheSigner()
    {
        var cases = Gen.Select(Draws.Key, Draws.Word).Array[50].Single().Select(pair => (Key: pair.Item1, Digest: pair.Item2)).ToArray();
        var input = System.Text.Json.JsonSerializer.Serialize(
            cases.Select(c => new { digest = c.Digest.ToString(), signature = c.Key.Sign(c.Digest).ToString() }));
        var addresses = await NpmVectors.NodeAsync("recover.mjs", input);
        Assert.Equal(cases.Select(c => c.Key.Address.ToString()), addresses.EnumerateArray().Select(a => a.GetString()));
    }
}
