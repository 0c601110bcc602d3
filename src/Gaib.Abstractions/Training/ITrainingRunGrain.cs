using System.Collections.Immutable;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Training;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Training;

/// <summary>A training run: a replayable state machine over leased GPUs. Keyed by the run's id.</summary>
[Alias("gaib.run")]
public interface ITrainingRunGrain : IGrainWithStringKey
{
    /// <summary>Creates the run of a valued job over leases of that job.</summary>
    [Alias("create")]
    Task<Outcome<TrainingRun>> Create(Hash32 jobId, string gpuClass, ImmutableArray<Hash32> leases);

    /// <summary>Runs rounds until <paramref name="rounds"/> of them are closed; those that are closed already are not run again.</summary>
    [Alias("advance")]
    Task<Outcome<TrainingRun>> AdvanceTo(int rounds);

    /// <summary>After the last round: closes the leases and keeps the result.</summary>
    [Alias("finish")]
    Task<Outcome<RunResult>> Finish();

    /// <summary>The run's state; null before it was created.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<TrainingRun?> Get();

    /// <summary>The run with what its replay needs; null before it was created.</summary>
    [Alias("details"), AlwaysInterleave]
    Task<RunDetails?> GetDetails();

    /// <summary>The result; null before the run finished.</summary>
    [Alias("result"), AlwaysInterleave]
    Task<RunResult?> GetResult();
}

/// <summary>A run with what its replay needs.</summary>
/// <param name="Run">The run.</param>
/// <param name="Owners">For each training sample, the index of its contributor.</param>
/// <param name="Slices">Content hash of each round's slice of the held-back round part.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.runDetails")]
public sealed record RunDetails(
    [property: Id(0)] TrainingRun Run, [property: Id(1)] ImmutableArray<int> Owners, [property: Id(2)] ImmutableArray<Hash32> Slices);

/// <summary>What a finished run leaves.</summary>
/// <param name="Run">The run.</param>
/// <param name="Job">Its job.</param>
/// <param name="Weights">Content hash of the final weights.</param>
/// <param name="Attribution">Σ attribution of each contributor, Q32, ordered by address.</param>
/// <param name="Work">Verified milliseconds of each host, ordered by address.</param>
/// <param name="Serving">GPUs that were not found wrong or lost, ascending by id.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.runResult")]
public sealed record RunResult(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] Hash32 Job,
    [property: Id(2)] Hash32 Weights,
    [property: Id(3)] ImmutableArray<AccountWeight> Attribution,
    [property: Id(4)] ImmutableArray<AccountWeight> Work,
    [property: Id(5)] ImmutableArray<ServingGpu> Serving);
