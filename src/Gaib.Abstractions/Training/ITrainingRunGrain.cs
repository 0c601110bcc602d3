using System.Collections.Immutable;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Training;

namespace Gaib.Abstractions.Training;

/// <summary>A training run: a replayable state machine over leased GPUs. Keyed by the run's id.</summary>
[Alias("gaib.run")]
public interface ITrainingRunGrain : IGrainWithStringKey
{
    /// <summary>Creates the run of a valued job over an order's leases.</summary>
    [Alias("create")]
    Task<Outcome<RunState>> Create(Hash32 job, string gpuClass, Hash32 order);

    /// <summary>Runs rounds until <paramref name="rounds"/> of them are closed; those that are closed already are not run again.</summary>
    [Alias("advance")]
    Task<Outcome<RunState>> AdvanceTo(int rounds);

    /// <summary>After the last round: closes the leases and keeps the result.</summary>
    [Alias("finish")]
    Task<Outcome<RunResult>> Finish();

    /// <summary>The run's state; null before it was created.</summary>
    [Alias("get")]
    Task<RunState?> Get();

    /// <summary>The result; null before the run finished.</summary>
    [Alias("result")]
    Task<RunResult?> GetResult();
}

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
