using Gaib.Domain;

namespace Gaib.Evm.Tests;

/// <summary>Keccak-256 is ethers' at every length around its block of 136 bytes.</summary>
public sealed class KeccakVectorTests
{
    [Fact]
    public async Task Hash_EveryLengthUpToThreeBlocks_EqualsEthers()
    {
        var cases = await NpmVectors.NodeAsync("keccak.mjs", "", "1", "420");
        var lengths = new HashSet<int>();
        foreach (var vector in cases.EnumerateArray())
        {
            var bytes = Convert.FromHexString(vector.GetProperty("bytes").GetString()!.AsSpan(2));
            Assert.Equal(vector.GetProperty("digest").GetString(), Keccak.Hash(bytes).ToString());
            lengths.Add(bytes.Length);
        }

        Assert.Equal(Enumerable.Range(0, 421), lengths.Order());
    }
}
