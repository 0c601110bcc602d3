using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>
/// A valuation with its copies found and its training set prepared; what remains is one independent step a door sample. Threads may share
/// a plan: each <see cref="Score"/>s a range of door samples, the totals are added, and <see cref="Conclude"/> gives the
/// same result for every partition.
/// </summary>
public sealed class ValuationPlan
{
    private readonly ValuationInput _input;
    private readonly CopyClusters _clusters;
    private readonly ImmutableArray<CopyEvidence> _heldBack;
    private readonly int[] _counting;
    private readonly Projector _projector;
    private readonly KnnShapley _shapley;

    private ValuationPlan(ValuationInput input)
    {
        _input = input;
        var samples = input.Chunks.Select(chunk => chunk.Sample).ToArray();
        _clusters = CopyClusters.Find(samples, input.Similarity);
        _heldBack = FindHeldBack(input, _clusters);
        var worthless = _heldBack.Select(evidence => evidence.Copy).ToHashSet();
        _counting = [.. Enumerable.Range(0, samples.Length).Where(i => _clusters.IsCanonical(i) && !worthless.Contains(i))];

        _projector = new Projector(input.Shape);
        var embeddings = new sbyte[_counting.Length * Projector.Lanes];
        for (var i = 0; i < _counting.Length; i++)
        {
            _projector.Embed(samples[_counting[i]].Features.AsSpan(), embeddings.AsSpan(i * Projector.Lanes, Projector.Lanes));
        }

        _shapley = new KnnShapley(
            embeddings,
            Array.ConvertAll(_counting, i => samples[i].Label),
            Array.ConvertAll(_counting, i => input.Chunks[i].Leaf),
            input.Header.Terms,
            input.Header.Beacon);
    }

    /// <summary>Positions in commit order of the chunks that count: canonical ones that are not near a sample revealed before them.</summary>
    public ReadOnlySpan<int> Counting => _counting;

    /// <summary>Number of door samples to score.</summary>
    public int DoorSamples => _input.Door.Length;

    /// <summary>Finds the copies and prepares the training set; refuses what <see cref="ValuationInput.Check"/> refuses.</summary>
    public static Outcome<ValuationPlan> Prepare(ValuationInput input)
    {
        var rejection = input.Check();
        return rejection is null ? new ValuationPlan(input) : rejection;
    }

    /// <summary>The totals over a range of door samples.</summary>
    public KnnTotals Score(Range doorSamples)
    {
        var totals = _shapley.Start();
        Span<sbyte> embedding = stackalloc sbyte[Projector.Lanes];
        foreach (var sample in _input.Door.AsSpan()[doorSamples])
        {
            _projector.Embed(sample.Features.AsSpan(), embedding);
            _shapley.Score(totals, embedding, sample.Label);
        }

        return totals;
    }

    /// <summary>What every chunk is worth and earns.</summary>
    /// <param name="totals">The totals over all door samples.</param>
    /// <exception cref="ArgumentException">The totals are not over as many door samples as there are.</exception>
    public ValuationResult Conclude(KnnTotals totals)
    {
        if (totals.DoorSamples != DoorSamples)
        {
            throw new ArgumentException($"Totals over {totals.DoorSamples} of {DoorSamples} door samples.", nameof(totals));
        }

        var values = new long[_input.Chunks.Length];
        var doorValues = new long[_input.Chunks.Length];
        for (var i = 0; i < _counting.Length; i++)
        {
            values[_counting[i]] = totals.Values[i];
            doorValues[_counting[i]] = totals.DoorValues[i];
        }

        var bounties = Bounty.Split(doorValues, DoorSamples, _input.Header.Price, _input.Header.Budget);
        var spent = bounties.Aggregate(UInt128.Zero, (sum, bounty) => checked(sum + bounty));
        return new ValuationResult(
            _input.Header.Hash(),
            [.. _input.Chunks.Select((chunk, i) => new ChunkValuation(
                chunk.Leaf,
                chunk.Contributor,
                _clusters.Canonical[i],
                _clusters.IsCanonical(i),
                values[i],
                doorValues[i],
                doorValues[i] > 0,
                bounties[i]))],
            [.. _clusters.Evidence, .. _heldBack],
            _input.Header.Budget - spent);
    }

    private static ImmutableArray<CopyEvidence> FindHeldBack(ValuationInput input, CopyClusters clusters)
    {
        var found = ImmutableArray.CreateBuilder<CopyEvidence>();
        for (var i = 0; i < input.Chunks.Length; i++)
        {
            for (var j = 0; clusters.IsCanonical(i) && j < input.Revealed.Length; j++)
            {
                var distance = input.Chunks[i].Order < input.Revealed[j].FromOrder
                    ? int.MaxValue
                    : input.Similarity.Distance(input.Chunks[i].Sample.Features.AsSpan(), input.Revealed[j].Sample.Features.AsSpan());
                if (distance <= input.Similarity.Outliers)
                {
                    found.Add(new CopyEvidence(CopyKind.HeldBack, i, j, distance));
                    break;
                }
            }
        }

        return found.DrainToImmutable();
    }
}
