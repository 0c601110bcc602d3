using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Verify.Data;

/// <summary>One job with all that stands in the other files about its data.</summary>
/// <param name="Line">Its line.</param>
/// <param name="Terms">The terms that its fields make.</param>
/// <param name="Parts">For each dataset its line and its chunks, in commit order.</param>
/// <param name="Header">The valuation's header; null while there is none.</param>
/// <param name="Values">The valuation's lines, one a chunk.</param>
internal sealed record JobContents(
    JobLine Line,
    JobTerms Terms,
    ImmutableArray<(DatasetLine Dataset, ImmutableArray<ChunkLine> Chunks)> Parts,
    ValuationHeaderLine? Header,
    ImmutableArray<ValuationChunkLine> Values)
{
    /// <summary>All chunks in commit order.</summary>
    public ImmutableArray<ChunkLine> Chunks { get; } = [.. Parts.SelectMany(part => part.Chunks)];

    /// <summary>Every job of an export.</summary>
    public static ImmutableArray<JobContents> All(ExportData data)
    {
        var datasets = data.Datasets.ToLookup(dataset => dataset.Job);
        var chunks = data.Chunks.ToLookup(chunk => chunk.Dataset);
        var valuations = ByHeader(data.Valuations);
        return [.. data.Jobs.Select(job =>
        {
            var parts = datasets[job.Job].Select(dataset => (dataset, chunks[dataset.Dataset].ToImmutableArray()));
            var (header, values) = valuations.FirstOrDefault(valuation => valuation.Header.Job == job.Job);
            return new JobContents(job, TermsOf(job), [.. parts], header, header is null ? [] : values);
        })];
    }

    /// <summary>The samples of all chunks in commit order; false when the bytes of one are missing, which is then noted.</summary>
    public bool TrySamples(ExportData data, out ImmutableArray<Sample> samples)
    {
        var read = ImmutableArray.CreateBuilder<Sample>(Chunks.Length);
        foreach (var chunk in Chunks)
        {
            if (data.Blobs.Find(chunk.At, "blob", chunk.Blob) is { } bytes && SampleCodec.Decode(bytes, Terms.Shape) is { Accepted: true } sample)
            {
                read.Add(sample.Value);
            }
        }

        samples = read.DrainToImmutable();
        return samples.Length == Chunks.Length;
    }

    /// <summary>The samples of a held-back part; false when its pack is missing, which is then noted.</summary>
    public bool TryHeldBack(ExportData data, HeldBackKind kind, out ImmutableArray<Sample> samples)
    {
        samples = [];
        var place = Line.HeldBack.Select(part => part.Kind).ToImmutableArray().IndexOf(kind);
        if (place < 0 || data.Blobs.Find(Line.At, $"heldBack[{place}].blob", Line.HeldBack[place].Blob) is not { } pack)
        {
            return false;
        }

        samples = [.. ChunkPack.Decode(pack).Select(chunk => SampleCodec.Decode(chunk.Bytes.AsSpan(), Terms.Shape).Value)];
        return true;
    }

    /// <summary>The samples of the parts that were burnt before the last contribution; false when a pack of them is missing.</summary>
    public bool TryRevealed(ExportData data, out ImmutableArray<RevealedSample> revealed)
    {
        var read = ImmutableArray.CreateBuilder<RevealedSample>();
        var whole = true;
        foreach (var part in Line.HeldBack.Where(part => part.BurntFrom < Line.Datasets.Length))
        {
            whole &= TryHeldBack(data, part.Kind, out var samples);
            read.AddRange(samples.Select(sample => new RevealedSample(sample, (ulong)part.BurntFrom!.Value)));
        }

        revealed = read.DrainToImmutable();
        return whole;
    }

    /// <summary>The headers with the chunk lines that follow them; lines before the first header belong to none.</summary>
    public static ImmutableArray<(ValuationHeaderLine Header, ImmutableArray<ValuationChunkLine> Values)> ByHeader(ImmutableArray<ValuationLine> lines)
    {
        var starts = Enumerable.Range(0, lines.Length).Where(i => lines[i] is ValuationHeaderLine).Append(lines.Length).ToArray();
        return [.. starts[..^1].Zip(starts[1..], (from, to) =>
            ((ValuationHeaderLine)lines[from], lines[(from + 1)..to].Cast<ValuationChunkLine>().ToImmutableArray()))];
    }

    /// <summary>The terms that a line states.</summary>
    public static JobTerms TermsOf(JobLine job) => new(
        job.Settings,
        new DataShape(job.Features, job.FeatureMax, job.Classes),
        job.AttributionEvery,
        job.K,
        job.R,
        job.BountyPrice,
        job.ClosesAt,
        [.. job.HeldBack.Select(part => new HeldBackCommitment(part.Kind, part.Root, part.Count, part.Blob))]);
}
