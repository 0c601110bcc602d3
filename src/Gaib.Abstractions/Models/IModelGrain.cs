using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Training;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Models;

/// <summary>A model: where it comes from, who owns it, what it costs. Keyed by the model's id.</summary>
[Alias("gaib.model")]
public interface IModelGrain : IGrainWithStringKey
{
    /// <summary>Registers the model of a finished run and issues its shares: attribution, verified work, developer, stakers.</summary>
    [Alias("issue")]
    Task<Outcome<ModelView>> IssueFromRun(Hash32 run);

    /// <summary>The developer sets a price from the book's present sequence on.</summary>
    [Alias("price")]
    Task<Outcome<ModelView>> SetPrice(Signed<SetPrice> command);

    /// <summary>The model; null before it was registered.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<ModelView?> Get();
}

/// <summary>A model and what serves it.</summary>
/// <param name="State">Lineage, shares, prices.</param>
/// <param name="Shape">The net.</param>
/// <param name="Hosts">GPUs that serve it, ascending by id.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.modelView")]
public sealed record ModelView(
    [property: Id(0)] ModelState State, [property: Id(1)] MlpShape Shape, [property: Id(2)] ImmutableArray<ServingGpu> Hosts);

/// <summary>A GPU that serves a model.</summary>
/// <param name="Gpu">The GPU.</param>
/// <param name="Host">Its owner.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.servingGpu")]
public sealed record ServingGpu([property: Id(0)] Hash32 Gpu, [property: Id(1)] Address Host);
