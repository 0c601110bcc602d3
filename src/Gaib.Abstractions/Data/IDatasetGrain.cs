using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Data;

/// <summary>One contribution to one job. Keyed by the dataset's id.</summary>
[Alias("gaib.dataset")]
public interface IDatasetGrain : IGrainWithStringKey
{
    /// <summary>Commits chunks under a signed manifest. All of them are stored, or nothing is.</summary>
    [Alias("commit")]
    Task<Outcome<Dataset>> Commit(Signed<Manifest> command, ImmutableArray<Chunk> chunks);

    /// <summary>Keeps what the valuation found. Called by the job.</summary>
    [Alias("value")]
    Task<Outcome<Dataset>> Value(ValueDataset value);

    /// <summary>Takes the data back: it enters no new run; shares already issued stand.</summary>
    [Alias("withdraw")]
    Task<Outcome<Dataset>> Withdraw(Signed<DataRightWithdrawal> command);

    /// <summary>The dataset; null before it was committed.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<DatasetView?> Get();
}

/// <summary>A dataset and where its chunks lie.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Pack">Content hash of its packed chunks, see <see cref="ChunkPack"/>.</param>
/// <param name="Signature">The contributor's signature of the manifest.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.datasetView")]
public sealed record DatasetView(
    [property: Id(0)] Dataset Dataset, [property: Id(1)] Hash32 Pack, [property: Id(2)] Signature Signature);
