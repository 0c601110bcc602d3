using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>How a run is checked.</summary>
/// <param name="AttributionEvery">
/// 1: every round has attribution; k: rounds 0, k, 2k …; 0: none. The replay of attribution is the check of such a round.
/// </param>
/// <param name="CheckPpm">
/// Chance, in parts per million, that a worker's delta is drawn for re-execution in a round without attribution; at most a fifth.
/// </param>
/// <param name="MinWorkers">Fewest live workers to start a round with; at least 2.</param>
[GenerateSerializer, Immutable]
public sealed record RunRules(
    [property: Id(0)] int AttributionEvery,
    [property: Id(1)] uint CheckPpm,
    [property: Id(2)] int MinWorkers)
{
    /// <summary>A fifth of the rounds, the most that is ever drawn from workers with enough at stake.</summary>
    public const uint CheckPpmMax = 200_000;

    /// <summary>Different owners that a round needs: nobody checks himself.</summary>
    public const int OwnersMin = 2;

    /// <summary>Whether a round has attribution.</summary>
    /// <param name="round">Round, from 0.</param>
    public bool Attributes(int round) => AttributionEvery > 0 && round % AttributionEvery == 0;

    /// <summary>The first field that is out of range, or null.</summary>
    public Rejection? Check()
    {
        if (AttributionEvery < 0)
        {
            return new Rejection(Reason.JobInvalid, 0, AttributionEvery, "attributionEvery");
        }

        if (CheckPpm > CheckPpmMax)
        {
            return new Rejection(Reason.JobInvalid, CheckPpmMax, CheckPpm, "checkPpm");
        }

        return MinWorkers < OwnersMin ? new Rejection(Reason.JobInvalid, OwnersMin, MinWorkers, "minWorkers") : null;
    }
}

/// <summary>What a run trains, on what and how. Fixed when it is created.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Job">The job it serves.</param>
/// <param name="Model">The model it makes.</param>
/// <param name="DatasetsRoot">Root over the datasets.</param>
/// <param name="Samples">Hash of the list of admitted samples, in the order that batches index.</param>
/// <param name="InitialWeights">Content hash of the weights it starts from.</param>
/// <param name="Contributors">The contributors, in the order of every row of values.</param>
/// <param name="Settings">The arithmetic of the training.</param>
/// <param name="Rules">How it is checked.</param>
[GenerateSerializer, Immutable]
public sealed record RunSpec(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] Hash32 Job,
    [property: Id(2)] Hash32 Model,
    [property: Id(3)] Hash32 DatasetsRoot,
    [property: Id(4)] Hash32 Samples,
    [property: Id(5)] Hash32 InitialWeights,
    [property: Id(6)] ImmutableArray<Address> Contributors,
    [property: Id(7)] TrainingSettings Settings,
    [property: Id(8)] RunRules Rules)
{
    /// <summary>The first field that is out of range, or null.</summary>
    public Rejection? Check()
    {
        var distinct = Contributors.Distinct().Count();
        return Settings.Validate() ?? Rules.Check() ?? (distinct == Contributors.Length
            ? null
            : new Rejection(Reason.JobInvalid, Contributors.Length, distinct, "contributors"));
    }

    /// <summary>
    /// <c>keccak256(abi.encode(keccak256("gaib.run.1"), run, job, model, datasetsRoot, samples, initialWeights, settingsHash,
    /// attributionEvery, checkPpm, minWorkers, contributors.length, contributors…))</c>. The chain of round hashes begins with it.
    /// </summary>
    public Hash32 Hash()
    {
        var writer = new AbiWriter(12 + Contributors.Length).Utf8("gaib.run.1").Hash(Run).Hash(Job).Hash(Model).Hash(DatasetsRoot)
            .Hash(Samples).Hash(InitialWeights).Hash(Settings.Hash()).UInt((uint)Rules.AttributionEvery).UInt(Rules.CheckPpm)
            .UInt((uint)Rules.MinWorkers).UInt((uint)Contributors.Length);
        return Contributors.Aggregate(writer, (words, contributor) => words.Address(contributor)).Hash();
    }
}
