using System.Text;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Domain.Training;
using Gaib.Evm;

namespace Gaib.Verify.Tests.Golden;

/// <summary>Hashes, ids, what is signed, trees and draws.</summary>
internal static class HashVectors
{
    public static IEnumerable<JsonObject> All() =>
    [
        .. new[] { "", "abc", new string('g', 136) }.Select((text, i) => VectorFile.Of($"keccak{i}", new { text }, Keccak.HashUtf8(text))),
        Words(), Id(), .. Signed(), Tree(), BeaconChain(), Stream(), Batches(), SettlementSlots(), SampledReceipts(), ServingGpu(),
    ];

    private static JsonObject Words()
    {
        var (person, hash) = (Inputs.Person("ada"), Inputs.Hash("word"));
        var words = new AbiWriter(6).UInt(UInt128.MaxValue).Int(-1).Bool(true).Address(person).Hash(hash).Utf8("gaib");
        return VectorFile.Of(
            "abiWords",
            new { words = new[] { $"uint {UInt128.MaxValue}", "int -1", "bool true", $"address {person}", $"bytes32 {hash}", "text gaib" } },
            new { encoded = words.Written.ToArray(), hash = words.Hash() });
    }

    private static JsonObject Id() => VectorFile.Of(
        "id",
        new { genesis = Inputs.Network, type = "dataset", creator = Inputs.Person("ada"), nonce = "7" },
        Ids.Derive(Inputs.Network, "dataset", Inputs.Person("ada"), 7));

    private static IEnumerable<JsonObject> Signed()
    {
        var (ada, grace, deadline) = (Inputs.Person("ada"), Inputs.Person("grace"), Inputs.Time + 1);
        var commands = GaibDomains.Commands(Inputs.Chain, Inputs.Network);
        TypedMessage[] messages =
        [
            new Pay(ada, grace, 0, 1_500_000_000, 1, deadline),
            new Manifest(ada, Inputs.Hash("job"), Inputs.Hash("root"), 40, 2_840, "CC-BY-4.0", deadline, 2, deadline),
            new Ask(ada, Inputs.Hash("gpu"), "cpu-1", 1_000, 3, deadline),
            new Order(ada, Inputs.Hash("job"), "cpu-1", 4, 5_000, 600_000_000_000, 4, deadline),
            new SetPrice(ada, Inputs.Hash("model"), 10_000_000, 2_000_000, 5, deadline),
            new OpenSession(ada, Inputs.Hash("model"), grace, 50_000_000_000, 1_000_000_000, deadline, 6, deadline),
            new Acknowledge(Inputs.Hash("session"), 3_800_000_000, Inputs.Hash("receipt")),
            new SettlementPolicy(ada, 1, 1_000_000_000, 86_400_000, deadline, 7, deadline),
            new Withdraw(ada, 1, 2_000_000_000, 8, deadline),
        ];
        foreach (var message in messages)
        {
            yield return Signed(commands, message, new { name = "Gaib", version = "1", chainId = Inputs.Chain, salt = Inputs.Network });
        }

        var contract = Inputs.Person("contract");
        yield return Signed(
            GaibDomains.Settlement(Inputs.Chain, contract),
            new SettlementVoucher(ada, contract, 2_000_000_000, 3, 1_798_761_600),
            new { name = "GaibSettlement", version = "1", chainId = Inputs.Chain, verifyingContract = contract });
    }

    private static JsonObject Signed(Eip712Domain domain, TypedMessage message, object domainFields)
    {
        var digest = Eip712.Digest(domain, message);
        var vector = VectorFile.Of(
            "signed" + message.TypeName,
            new { domain = domainFields, typeString = message.TypeString, secretKey = Inputs.Secret("ada") },
            new
            {
                separator = domain.Separator, structHash = message.StructHash(), digest, signer = Inputs.Person("ada"),
                signature = Inputs.Key("ada").Sign(digest),
            });
        vector["input"]!["message"] = JsonNode.Parse(message.ToJson());
        return vector;
    }

    private static JsonObject Tree()
    {
        var chunks = new[] { "", "one", "two", "three", "four" };
        var salts = Inputs.Hashes("salt", chunks.Length).ToArray();
        Hash32[] leaves = [.. chunks.Select((chunk, i) => MerkleTree.Leaf((ulong)i, salts[i], Encoding.UTF8.GetBytes(chunk)))];
        return VectorFile.Of("merkleTree", new { chunks, salts }, new { leaves, root = MerkleTree.Root(leaves), proofOfLast = MerkleTree.Proof(leaves, 4) });
    }

    private static JsonObject BeaconChain()
    {
        var (seed, commitments) = (Inputs.Hash("beacon"), Inputs.Hashes("commitment", 3).ToArray());
        Hash32[] preimages = [.. Enumerable.Range(0, 3).Select(epoch => Beacon.Preimage(seed, 3, epoch))];
        var root = Beacon.CommitmentsRoot(commitments);
        return VectorFile.Of(
            "beacon",
            new { seed, epochs = 3, commitmentsOfEpoch1 = commitments },
            new { tip = Beacon.Tip(seed, 3), preimages, emptyRoot = Beacon.CommitmentsRoot([]), rootOfEpoch1 = root, beaconOfEpoch1 = Beacon.Next(preimages[1], root) });
    }

    private static JsonObject Stream()
    {
        var seed = Inputs.Hash("stream");
        const ulong bound = 12_297_829_382_473_034_411;
        var (words, below, shuffled) = (new KeccakStream(seed), new KeccakStream(seed), Enumerable.Range(0, 10).ToArray());
        KeccakStream.For(seed, "purpose").Shuffle<int>(shuffled);
        return VectorFile.Of(
            "keccakStream",
            new { seed, bound, purpose = "purpose", shuffled = 10 },
            new
            {
                words = Enumerable.Range(0, 6).Select(_ => words.NextUInt64()).ToArray(),
                below = Enumerable.Range(0, 6).Select(_ => below.Next(bound)).ToArray(),
                shuffled,
            });
    }

    private static JsonObject Batches()
    {
        var run = Inputs.Hash("run");
        return VectorFile.Of(
            "batchSchedule", new { run, round = 2, slot = 1, samples = 10, batch = 4, steps = 2 }, BatchSchedule.Draw(run, 2, 1, 10, 4, 2));
    }

    private static JsonObject SettlementSlots()
    {
        var (token, names) = (Inputs.Person("token"), new[] { "ada", "grace", "alan" });
        SettlementSlot[] slots = [.. names.Select((name, i) => new SettlementSlot(Inputs.Person(name), (UInt128)(1_000 * (i + 1))))];
        var tree = SettlementTree.Build(token, slots);
        return VectorFile.Of(
            "settlementTree",
            new { token, slots = slots.Select(slot => new { account = slot.Account, cumulative = slot.Cumulative }) },
            new
            {
                depth = tree.Depth,
                leaves = slots.Select(slot => SettlementTree.Leaf(slot.Account, token, slot.Cumulative)),
                root = tree.Root,
                proofOfThird = tree.Proof(2),
            });
    }

    private static JsonObject SampledReceipts()
    {
        var (beacon, receipts) = (Inputs.Hash("beacon"), Inputs.Hashes("receipt", 12).ToArray());
        return VectorFile.Of(
            "receiptDraw", new { beacon, oneIn = 4, receipts }, receipts.Select(receipt => ReceiptDraw.IsDrawn(beacon, receipt, 4)));
    }

    private static JsonObject ServingGpu()
    {
        var (session, gpus) = (Inputs.Hash("session"), Inputs.Hashes("gpu", 3).Order().ToArray());
        return VectorFile.Of(
            "hostChoice",
            new { session, servingGpus = gpus, calls = new[] { "1", "2", "3", "4" } },
            Enumerable.Range(1, 4).Select(call => HostChoice.Choose(session, (ulong)call, [.. gpus]).Value));
    }
}
