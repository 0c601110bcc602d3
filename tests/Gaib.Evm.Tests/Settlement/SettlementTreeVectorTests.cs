using System.Globalization;
using Gaib.Domain;
using Gaib.Domain.Settlement;

namespace Gaib.Evm.Tests.Settlement;

/// <summary>The settlement tree is the one that @openzeppelin/merkle-tree builds over the padded, unsorted leaves.</summary>
public sealed class SettlementTreeVectorTests
{
    [Fact]
    public async Task Root_PaddedAndUnsorted_EqualsOpenZeppelin()
    {
        var vectors = await NpmVectors.NodeAsync("merkle.mjs", "", "1", "1", "2", "3", "7", "16", "1000");
        var token = Address.Parse(vectors.GetProperty("token").GetString()!);
        var counts = new List<int>();
        foreach (var vector in vectors.GetProperty("trees").EnumerateArray())
        {
            var slots = vector.GetProperty("slots").EnumerateArray().ToArray();
            var rows = slots.Select(slot => new SettlementSlot(
                Address.Parse(slot.GetProperty("account").GetString()!),
                UInt128.Parse(slot.GetProperty("cumulative").GetString()!, CultureInfo.InvariantCulture))).ToArray();
            var built = SettlementTree.Build(token, rows);
            var grown = new SettlementTree(token);
            for (var i = 0; i < rows.Length; i++)
            {
                Assert.Equal(i, grown.Set(rows[i].Account, rows[i].Cumulative).Value);
            }

            Assert.Equal(vector.GetProperty("root").GetString(), built.Root.ToString());
            Assert.Equal(built.Root, grown.Root);
            for (var i = 0; i < rows.Length; i++)
            {
                var leaf = SettlementTree.Leaf(rows[i].Account, token, rows[i].Cumulative);
                var proof = slots[i].GetProperty("proof").EnumerateArray().Select(node => node.GetString()!).ToArray();
                Assert.Equal(slots[i].GetProperty("leaf").GetString(), leaf.ToString());
                Assert.Equal(proof, built.Proof(i).Select(node => node.ToString()));
                Assert.Equal(proof, grown.Proof(i).Select(node => node.ToString()));
                Assert.True(SettlementTree.Verify(built.Root, leaf, built.Proof(i).AsSpan()));
            }

            counts.Add(rows.Length);
        }

        Assert.Equal([1, 2, 3, 7, 16, 1000], counts);
    }
}
