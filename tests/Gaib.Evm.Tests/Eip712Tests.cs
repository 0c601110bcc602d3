using CsCheck;
using Gaib.Domain;
using Gaib.Domain.Settlement;

namespace Gaib.Evm.Tests;

/// <summary>Typed data: the EIP's own example, ethers' hashes of random types, and what is refused.</summary>
public sealed class Eip712Tests
{
    // https://eips.ethereum.org/assets/eip-712/Example.js
    private const string Mail = """
        {
          "types": {
            "EIP712Domain": [
              { "name": "name", "type": "string" }, { "name": "version", "type": "string" },
              { "name": "chainId", "type": "uint256" }, { "name": "verifyingContract", "type": "address" }
            ],
            "Person": [{ "name": "name", "type": "string" }, { "name": "wallet", "type": "address" }],
            "Mail": [
              { "name": "from", "type": "Person" }, { "name": "to", "type": "Person" }, { "name": "contents", "type": "string" }
            ]
          },
          "primaryType": "Mail",
          "domain": {
            "name": "Ether Mail", "version": "1", "chainId": 1, "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"
          },
          "message": {
            "from": { "name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" },
            "to": { "name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
            "contents": "Hello, Bob!"
          }
        }
        """;

    [Fact]
    public void Digest_MailExampleOfTheEip_Matches()
    {
        var data = TypedData.Parse(Mail);
        Assert.Equal("Mail(Person from,Person to,string contents)Person(string name,address wallet)", data.TypeString);
        Assert.Equal("0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f", data.Separator.ToString());
        Assert.Equal("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e", data.StructHash.ToString());
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", data.Digest().ToString());

        var domain = new Eip712Domain("Ether Mail", "1", 1, Address.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"));
        Assert.Equal(data.Separator, domain.Separator);

        var cow = new PrivateKey(Keccak.HashUtf8("cow"));
        Assert.Equal("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", cow.Address.ToString());
        var signature = cow.Sign(data.Digest());
        Assert.Equal("0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d", signature.R.ToString());
        Assert.Equal("0x07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562", signature.S.ToString());
        Assert.Equal(28, signature.V);
    }

    [Fact]
    public async Task Parse_RandomTypes_HashesAsEthers()
    {
        var cases = await NpmVectors.NodeAsync("typed-data.mjs", "", "1", NpmVectors.Nightly ? "5000" : "300");
        var types = "";
        foreach (var vector in cases.EnumerateArray())
        {
            var data = TypedData.Parse(vector.GetProperty("json").GetString()!);
            Assert.Equal(vector.GetProperty("typeString").GetString(), data.TypeString);
            Assert.Equal(vector.GetProperty("separator").GetString(), data.Separator.ToString());
            Assert.Equal(vector.GetProperty("structHash").GetString(), data.StructHash.ToString());
            Assert.Equal(vector.GetProperty("digest").GetString(), data.Digest().ToString());
            types += data.TypeString;
        }

        string[] covered = ["bool ", "address ", "string ", "bytes ", "bytes1 ", "bytes32 ", "uint8 ", "uint256 ", "int8 ", "int256 ", "[] ", "[2] ", "[][3] ", "[1][] "];
        Assert.All(covered, type => Assert.Contains(type, types, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"contents\": \"Hello, Bob!\"", "\"contents\": 5", "a string member that holds a number")]
    [InlineData("\"contents\": \"Hello, Bob!\"", "\"contents\": null", "a null")]
    [InlineData("\"contents\": \"Hello, Bob!\"", "\"contents\": \"\\ud800\"", "a text that is no valid UTF-16")]
    [InlineData(", \"contents\": \"Hello, Bob!\"", "", "a member that is missing")]
    [InlineData("\"contents\": \"Hello, Bob!\"", "\"contents\": \"a\", \"contents\": \"b\"", "a member given twice")]
    [InlineData("\"contents\": \"Hello, Bob!\"", "\"contents\": \"a\", \"postscript\": \"b\"", "a member that the type does not declare")]
    [InlineData("\"name\": \"contents\", \"type\": \"string\"", "\"name\": \"contents\", \"type\": \"text\"", "a type that is not defined")]
    [InlineData("\"name\": \"contents\", \"type\": \"string\"", "\"name\": \"contents\", \"type\": \"Mail\"", "a type that contains itself")]
    [InlineData("\"name\": \"contents\", \"type\": \"string\"", "\"name\": \"contents\", \"type\": \"Mail[]\"", "a type that contains an array of itself")]
    [InlineData("\"name\": \"contents\", \"type\": \"string\"", "\"name\": \"to\", \"type\": \"string\"", "two members of one name")]
    [InlineData("\"name\": \"contents\", \"type\": \"string\"", "\"name\": \"contents\", \"type\": \"string[0]\"", "an array type without elements")]
    [InlineData("\"name\": \"contents\", \"type\": \"string\"", "\"name\": \"contents) \", \"type\": \"string\"", "a name that could forge a type string")]
    [InlineData("\"primaryType\": \"Mail\"", "\"primaryType\": \"Letter\"", "a primary type that is not defined")]
    [InlineData("\"primaryType\": \"Mail\"", "\"primaryType\": \"EIP712Domain\"", "the domain as primary type")]
    [InlineData("\"chainId\": 1,", "\"chainId\": 1.5,", "a fraction")]
    [InlineData("\"chainId\": 1,", "\"chainId\": -1,", "a negative number in an unsigned type")]
    [InlineData("\"chainId\": 1,", "\"chainId\": \"0x\",", "hexadecimal without digits")]
    [InlineData("\"chainId\": 1,", "\"chainId\": \"115792089237316195423570985008687907853269984665640564039457584007913129639936\",", "2^256")]
    [InlineData("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBBB", "a wrong EIP-55 checksum")]
    [InlineData("\"domain\": {", "\"domain\": { \"owner\": \"me\",", "a domain member that EIP712Domain does not declare")]
    [InlineData("\"types\": {", "\"types\": [", "broken JSON")]
    public void Parse_WhatTheDigestWouldNotCover_IsRefused(string part, string changed, string why)
    {
        var compact = System.Text.RegularExpressions.Regex.Replace(Mail, @"\s*\n\s*", " ");
        var json = compact.Replace(part, changed, StringComparison.Ordinal);
        Assert.NotEqual(compact, json);
        Assert.True(Refused(json), $"Accepted: {why}.");
    }

    [Theory]
    [InlineData("uint8", "256")]
    [InlineData("int8", "128")]
    [InlineData("int8", "-129")]
    [InlineData("int256", "57896044618658097711785492504343953926634992332820282019728792003956564819968")]
    [InlineData("uint7", "1")]
    [InlineData("uint264", "1")]
    [InlineData("uint", "1")]
    [InlineData("uint08", "1")]
    [InlineData("bytes33", "\"0x00\"")]
    [InlineData("bytes2", "\"0x00\"")]
    [InlineData("bytes2", "\"0x000000\"")]
    [InlineData("bytes", "\"00\"")]
    [InlineData("bytes", "\"0x0\"")]
    [InlineData("bool", "\"true\"")]
    [InlineData("bool", "1")]
    [InlineData("uint8[2]", "[1]")]
    [InlineData("uint8[2]", "[1,2,3]")]
    [InlineData("uint8[]", "1")]
    public void Parse_ValueOutsideItsType_IsRefused(string type, string value) => Assert.True(Refused(One(type, value)));

    [Theory]
    [InlineData("uint8", "255", "\"0xff\"")]
    [InlineData("int8", "-128", "\"-128\"")]
    [InlineData("int8", "127", "\"0x7f\"")]
    [InlineData("uint256", "9007199254740993", "\"9007199254740993\"")]
    public void Parse_FormsOfOneNumber_HashAlike(string type, string value, string other)
    {
        var digest = TypedData.Parse(One(type, value)).Digest();
        Assert.Equal(digest, TypedData.Parse(One(type, other)).Digest());
        Assert.NotEqual(digest, TypedData.Parse(One(type, "1")).Digest());
    }

    [Fact]
    public void Parse_MoreTypesThanAllowed_IsRefused()
    {
        string Chain(int count) => string.Join(',', Enumerable.Range(1, count).Select(i =>
            $$"""
            "T{{i}}": [{ "name": "next", "type": "{{(i == count ? "bool" : $"T{i + 1}[]")}}"} ]
            """));
        string Message(int count) => $$"""
            {"types": { {{Chain(count)}} }, "primaryType": "T1", "domain": {}, "message": {"next": []} }
            """;
        Assert.False(Refused(Message(256)));
        Assert.True(Refused(Message(257)));
    }

    [Fact]
    public async Task Parse_TypesWithManyPathsBetweenThem_EndsSoon()
    {
        // 60 levels of two types, each referring to both of the next: 2^60 paths, but 121 types.
        var types = string.Join(',', Enumerable.Range(0, 60).SelectMany(i => new[] { "A", "B" }.Select(side =>
            $$"""
            "{{side}}{{i}}": [{ "name": "a", "type": "A{{i + 1}}[]"}, { "name": "b", "type": "{{(i == 59 ? "A" : "B")}}{{i + 1}}[]"} ]
            """)));
        var json = $$"""
            {"types": { {{types}}, "A60": [] }, "primaryType": "A0", "domain": {}, "message": {"a": [], "b": []} }
            """;
        var data = await Task.Run(() => TypedData.Parse(json)).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.StartsWith("A0(A1[] a,B1[] b)A1(A2[] a,B2[] b)A10(", data.TypeString, StringComparison.Ordinal);
    }

    [Fact]
    public void ToJson_AnyVoucher_ParsesToTheSameDigest() => Gen.Select(Draws.Address, Draws.Address, Gen.UInt128, Gen.ULong, Draws.Word).Sample(
        (account, token, cumulative, number, salt) =>
        {
            var voucher = new SettlementVoucher(account, token, cumulative, number, ~number);
            foreach (var domain in new Eip712Domain[] { new(), new("Gaib", "1", number, token), new("Gäib \"1\"", Salt: salt) })
            {
                var data = TypedData.Parse(Eip712.ToJson(domain, voucher));
                Assert.Equal(domain.Separator, data.Separator);
                Assert.Equal(Eip712.Digest(domain, voucher), data.Digest());
            }
        },
        iter: 100);

    [Fact]
    public void Digest_DifferentMessagesOrDomains_Differ()
    {
        var (account, token) = (Address.FromHash(Keccak.HashUtf8("account")), Address.FromHash(Keccak.HashUtf8("token")));
        TypedMessage[] messages =
        [
            new SettlementVoucher(account, token, 1, 2, 3), new SettlementVoucher(token, account, 1, 2, 3),
            new SettlementVoucher(account, token, 2, 1, 3), new SettlementVoucher(account, token, 1, 3, 2),
            new Withdraw(account, 1, 2, 3, 4), new Withdraw(account, 2, 1, 3, 4), new Withdraw(account, 1, 3, 2, 4),
            new SettlementPolicy(account, 1, 2, 3, 4, 5, 6), new SettlementPolicy(account, 1, 2, 4, 3, 5, 6),
            new SettlementPolicy(account, 2, 1, 3, 4, 5, 6), new SettlementPolicy(account, 1, 2, 3, 4, 6, 5),
        ];
        Eip712Domain[] domains =
        [
            new(), new(Name: "1"), new(Version: "1"), new(ChainId: 1), new(VerifyingContract: token), new(Salt: new UInt256(1).Word()),
            new(Name: ""), new(Name: "1", Version: "1"), new(Name: "1", ChainId: 1), new("1", "1", 1, token, Hash32.Zero),
        ];
        var digests = domains.SelectMany(domain => messages.Select(message => Eip712.Digest(domain, message)));
        Assert.Equal(domains.Length * messages.Length, digests.Distinct().Count());
    }

    private static string One(string type, string value) => $$"""
        {"types": {"One": [{"name": "value", "type": "{{type}}"}]}, "primaryType": "One", "domain": {}, "message": {"value": {{value}} } }
        """;

    private static bool Refused(string json)
    {
        try
        {
            TypedData.Parse(json);
            return false;
        }
        catch (FormatException)
        {
            return true;
        }
    }
}
