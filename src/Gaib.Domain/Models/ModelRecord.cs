using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>A model that another one was forked from, and the part of the fork's shares that its pool gets.</summary>
/// <param name="Model">The parent's id, which is also its pool's id.</param>
/// <param name="SharePpm">Millionths of the fork's units.</param>
[GenerateSerializer, Immutable]
public readonly record struct ParentShare([property: Id(0)] Hash32 Model, [property: Id(1)] uint SharePpm)
{
    /// <summary>One part in a million, in share units.</summary>
    public const ulong UnitsPerPpm = ClassUnits.Total / 1_000_000;

    /// <summary>The parent's units of the fork.</summary>
    public ulong Units => SharePpm * UnitsPerPpm;

    /// <summary>
    /// Null when no parent is named twice and something is left for the fork's own classes, else
    /// <see cref="Reason.FieldOutOfRange"/> with the limit and the sum in ppm.
    /// </summary>
    public static Rejection? Check(ImmutableArray<ParentShare> parents)
    {
        UInt128 sum = 0;
        foreach (var parent in parents)
        {
            sum += parent.SharePpm;
        }

        var distinct = parents.Select(parent => parent.Model).Distinct().Count() == parents.Length;
        return distinct && sum < 1_000_000 ? null : new Rejection(Reason.FieldOutOfRange, 999_999, (Int128)sum, "parents");
    }
}

/// <summary>A model's lineage: what it was made from. It never changes.</summary>
/// <param name="Id">keccak256 over network, "model", developer and nonce.</param>
/// <param name="Developer">Who ordered it.</param>
/// <param name="Job">The job that asked for data.</param>
/// <param name="Runs">The training runs, in the order in which they were made.</param>
/// <param name="Datasets">The datasets they trained on, ascending.</param>
/// <param name="Parents">The models it was forked from, ascending.</param>
/// <param name="WeightsHash">Content hash of the weights.</param>
/// <param name="SettingsHash">Hash of the settings that training started from, with the initial weights' seed.</param>
[GenerateSerializer, Immutable]
public sealed record ModelRecord(
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] Address Developer,
    [property: Id(2)] Hash32 Job,
    [property: Id(3)] ImmutableArray<Hash32> Runs,
    [property: Id(4)] ImmutableArray<Hash32> Datasets,
    [property: Id(5)] ImmutableArray<ParentShare> Parents,
    [property: Id(6)] Hash32 WeightsHash,
    [property: Id(7)] Hash32 SettingsHash)
{
    /// <summary>The version of the record's form.</summary>
    public const int RecordVersion = 1;

    /// <summary>
    /// keccak256 over the words: version, id, developer, job, count and ids of the runs, count and ids of the datasets, count of the
    /// parents and for each its id and ppm, weights hash, settings hash.
    /// </summary>
    public Hash32 Hash()
    {
        var words = new AbiWriter().UInt(RecordVersion).Hash(Id).Address(Developer).Hash(Job);
        WriteList(words, Runs);
        WriteList(words, Datasets);
        words.UInt((uint)Parents.Length);
        foreach (var parent in Parents)
        {
            words.Hash(parent.Model).UInt(parent.SharePpm);
        }

        return words.Hash(WeightsHash).Hash(SettingsHash).Hash();
    }

    private static void WriteList(AbiWriter words, ImmutableArray<Hash32> ids)
    {
        words.UInt((uint)ids.Length);
        foreach (var id in ids)
        {
            words.Hash(id);
        }
    }
}
