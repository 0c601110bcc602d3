using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;

namespace Gaib.Verify.Tests.Golden;

/// <summary>From a sample to its bounty, and the challenge of a GPU.</summary>
internal static class DataVectors
{
    private static readonly DataShape Shape = new(8, 16, 3);

    public static IEnumerable<JsonObject> All() =>
        [OneSample(), Embedding(), Copies(), Values("knnShapley", 8, new KnnTerms(3, 5)), Values("knnShapleyFew", 2, new KnnTerms(5, 100)), Bounties(), Header(), Gemm()];

    private static JsonObject OneSample()
    {
        var sample = new Sample([0, 1, 2, 3, 13, 14, 15, 16], 2);
        var bytes = SampleCodec.Encode(sample);
        return VectorFile.Of(
            "sample",
            new { features = sample.Features.Select(feature => (int)feature), label = (int)sample.Label },
            new { bytes = bytes.ToArray(), blob = Keccak.Hash(bytes.AsSpan()), featureKey = SampleCodec.FeatureKey(sample.Features.AsSpan()) });
    }

    private static JsonObject Embedding()
    {
        byte[] wide = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 7 % 256))];
        byte[] narrow = [0, 1, 2, 3, 13, 14, 15, 16];
        return VectorFile.Of(
            "embedding",
            new { wide = new { featureMax = 255, features = wide.Select(x => (int)x) }, narrow = new { featureMax = 16, features = narrow.Select(x => (int)x) } },
            new
            {
                wide = new Projector(new DataShape(100, 255, 2)).Embed(wide).Select(lane => (int)lane),
                narrow = new Projector(Shape).Embed(narrow).Select(lane => (int)lane),
            });
    }

    private static JsonObject Copies()
    {
        // 64 features of 0 … 16, so tolerance 2 and outliers 2: a copy, a near copy, a near copy of that, and one that is too far.
        byte[] first = [.. Enumerable.Range(0, 64).Select(i => (byte)(i % 12))];
        byte[] near = [.. first.Select((x, i) => (byte)(i < 2 ? 16 : x + 2))];
        byte[] further = [.. near.Select((x, i) => (byte)(i is 5 or 6 ? 0 : x + 1))];
        byte[] far = [.. first.Select((x, i) => (byte)(i < 3 ? 16 : x))];
        byte[][] rows = [first, near, first, further, far];
        Sample[] samples = [.. rows.Select(row => new Sample([.. row], 0))];
        return VectorFile.Of(
            "copyClusters",
            new { featureMax = 16, tolerance = 2, outliers = 2, samples = rows.Select(row => row.Select(x => (int)x)) },
            CopyClusters.Find(samples, SimilarityRule.Digits).Canonical);
    }

    private static JsonObject Values(string name, int count, KnnTerms terms)
    {
        var (train, door) = (Draw(name + " train", count), Draw(name + " door", 3));
        var (leaves, beacon) = (Inputs.Hashes(name + " leaf", count).ToArray(), Inputs.Hash("beacon"));
        var projector = new Projector(Shape);
        sbyte[] embeddings = [.. train.SelectMany(sample => projector.Embed(sample.Features.AsSpan()))];
        var knn = new KnnShapley(embeddings, [.. train.Select(sample => sample.Label)], leaves, terms, beacon);
        var totals = knn.Start();
        foreach (var sample in door)
        {
            knn.Score(totals, projector.Embed(sample.Features.AsSpan()).AsSpan(), sample.Label);
        }

        return VectorFile.Of(
            name,
            new { k = terms.K, r = terms.R, featureMax = 16, beacon, leaves, train = train.Select(Shown), door = door.Select(Shown) },
            new { values = totals.Values.ToArray(), doorValues = totals.DoorValues.ToArray() });
    }

    // Few different features, so that some distances are equal and the beacon decides.
    private static Sample[] Draw(string name, int count)
    {
        var draws = KeccakStream.For(Inputs.Hash(name), "samples");
        return [.. Enumerable.Range(0, count).Select(_ => new Sample(
            [.. Enumerable.Range(0, Shape.Features).Select(i => (byte)(i < 2 ? draws.Next(3) : 8))], (ushort)draws.Next(2)))];
    }

    private static object Shown(Sample sample) => new { features = sample.Features.Select(x => (int)x), label = (int)sample.Label };

    private static JsonObject Bounties()
    {
        long[] doorValues = [3_000_000_000_000, -5, 1_000_000_000_001, 0, 1_000_000_000_000];
        return VectorFile.Of(
            "bounty",
            new { doorValues, doorSamples = 3, price = "10000000000", budgets = new[] { "100000000000", "7" } },
            new[] { 100_000_000_000UL, 7UL }.Select(budget => Bounty.Split(doorValues, 3, 10_000_000_000, budget)));
    }

    private static JsonObject Header()
    {
        var header = new ValuationHeader(Inputs.Hash("train"), Inputs.Hash("door"), 5, 100, 1, Inputs.Hash("beacon"), 1, 10_000_000_000, 200_000_000_000);
        return VectorFile.Of(
            "valuationHeader",
            new
            {
                trainRoot = header.TrainRoot, doorRoot = header.DoorRoot, k = header.K, r = header.R, embedder = header.Embedder,
                beacon = header.Beacon, valuationRule = header.ValuationRule, price = header.Price, budget = header.Budget,
            },
            header.Hash());
    }

    private static JsonObject Gemm()
    {
        var challenge = new GemmChallenge(Inputs.Hash("gemm"), 4);
        var result = Mutations.RememberingDevice.Shared.RunGemm(challenge);
        return VectorFile.Of(
            "gemmChallenge",
            new { seed = challenge.Seed, size = challenge.Size },
            new
            {
                left = challenge.Left().Select(x => (int)x), right = challenge.Right().Select(x => (int)x), product = result.Product,
                resultHash = result.Commitment,
            });
    }
}
