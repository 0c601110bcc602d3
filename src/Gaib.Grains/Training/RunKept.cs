using System.Collections.Immutable;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Grains.Training;

/// <summary>What a run's grain stores.</summary>
/// <param name="Run">The rule's state.</param>
/// <param name="Class">GPU class of its leases.</param>
/// <param name="Owners">For each training sample, the index of its contributor.</param>
/// <param name="Slices">Content hash of each round's slice of the held-back round part.</param>
/// <param name="Billed">How many closed rounds the leases have answered for.</param>
/// <param name="Result">What it left, once finished.</param>
[GenerateSerializer, Immutable]
internal sealed record RunKept(
    [property: Id(0)] TrainingRun Run,
    [property: Id(1)] string Class,
    [property: Id(2)] ImmutableArray<int> Owners,
    [property: Id(3)] ImmutableArray<Hash32> Slices,
    [property: Id(4)] int Billed,
    [property: Id(5)] RunResult? Result);
