using System.Globalization;
using System.Text.Json;
using CsCheck;
using Gaib.Domain;
using Gaib.Domain.Settlement;

namespace Gaib.Evm.Tests.Settlement;

/// <summary>What settlement signs has the digest and the signature that ethers and cast make of it.</summary>
public sealed class VoucherVectorTests
{
    private static readonly Gen<SettlementVoucher> Voucher =
        Gen.Select(Draws.Address, Draws.Address, Gen.UInt128, Gen.ULong, Gen.ULong)
            .Select((account, token, cumulative, epoch, deadline) => new SettlementVoucher(account, token, cumulative, epoch, deadline));

    private static readonly Eip712Domain Domain =
        new("Gaib", "1", 31337, Address.Parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));

    [Fact]
    public async Task Digest_EveryKindOfMessage_EqualsEthersAndSoDoesTheSignature()
    {
        var cases = await NpmVectors.NodeAsync("settlement.mjs", "", "1", NpmVectors.Nightly ? "2000" : "50");
        var kinds = new HashSet<string>();
        foreach (var vector in cases.EnumerateArray())
        {
            var message = Message(vector.GetProperty("kind").GetString()!, vector.GetProperty("message"));
            var digest = Eip712.Digest(DomainOf(vector.GetProperty("domain")), message);
            var key = new PrivateKey(Hash32.Parse(vector.GetProperty("secret").GetString()!));
            Assert.Equal(vector.GetProperty("digest").GetString(), digest.ToString());
            Assert.Equal(vector.GetProperty("address").GetString(), key.Address.ToString());
            Assert.Equal(vector.GetProperty("signature").GetString(), key.Sign(digest).ToString());
            kinds.Add(message.TypeString);
        }

        Assert.Contains("Settlement(address account,address token,uint256 cumulative,uint64 epoch,uint64 deadline)", kinds);
        Assert.Equal(3, kinds.Count);
    }

    [Fact]
    public async Task Sign_RandomVouchers_EthersVerifiesTheTypedData()
    {
        var cases = Gen.Select(Voucher, Draws.Key).Array[50].Single();
        var input = JsonSerializer.Serialize(cases.Select(c => new
        {
            typedData = Eip712.ToJson(Domain, c.Item1),
            signature = c.Item2.Sign(Eip712.Digest(Domain, c.Item1)).ToString(),
        }));
        var addresses = await NpmVectors.NodeAsync("recover.mjs", input);
        Assert.Equal(cases.Select(c => c.Item2.Address.ToString()), addresses.EnumerateArray().Select(a => a.GetString()));
    }

    [Fact]
    public async Task Sign_RandomVouchers_EqualsCastByteForByte()
    {
        foreach (var (voucher, secret) in Gen.Select(Voucher, Draws.Word).Array[NpmVectors.Nightly ? 100 : 5].Single())
        {
            var ours = new PrivateKey(secret).Sign(Eip712.Digest(Domain, voucher)).ToString();
            var theirs = await NpmVectors.CastAsync(
                "wallet", "sign", "--private-key", secret.ToString(), "--data", Eip712.ToJson(Domain, voucher));
            Assert.Equal(theirs, ours);
        }
    }

    private static Eip712Domain DomainOf(JsonElement json) => new(
        json.GetProperty("name").GetString(),
        json.GetProperty("version").GetString(),
        json.TryGetProperty("chainId", out var chainId) ? chainId.GetUInt64() : null,
        json.TryGetProperty("verifyingContract", out var contract) ? Address.Parse(contract.GetString()!) : null,
        json.TryGetProperty("salt", out var salt) ? Hash32.Parse(salt.GetString()!) : null);

    private static TypedMessage Message(string kind, JsonElement json)
    {
        string Text(string name) => json.GetProperty(name).GetString()!;
        ulong U64(string name) => ulong.Parse(Text(name), CultureInfo.InvariantCulture);
        long I64(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);
        UInt128 U128(string name) => UInt128.Parse(Text(name), CultureInfo.InvariantCulture);
        var account = Address.Parse(Text("account"));
        return kind switch
        {
            "Settlement" => new SettlementVoucher(account, Address.Parse(Text("token")), U128("cumulative"), U64("epoch"), U64("deadline")),
            "SettlementPolicy" => new SettlementPolicy(
                account, U64("chain"), U128("threshold"), U64("period"), I64("validUntil"), U128("nonce"), I64("deadline")),
            "Withdraw" => new Withdraw(account, U64("chain"), U128("amount"), U128("nonce"), I64("deadline")),
            _ => throw new ArgumentException($"No message is called {kind}.", nameof(kind)),
        };
    }
}
