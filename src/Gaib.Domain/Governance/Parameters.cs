using System.Collections.Immutable;
using Gaib.Domain.Models;

namespace Gaib.Domain.Governance;

/// <summary>One parameter as exports and proposals name it.</summary>
/// <param name="Name">camelCase; a class's units as <c>classUnits.data</c>.</param>
/// <param name="Value">The value in the unit that the name says.</param>
public readonly record struct ParameterField(string Name, UInt128 Value);

/// <summary>
/// The numbers that rules take and that governance may change. What is fixed for a network's life (classes, beacon, settlers) stands
/// in <see cref="Genesis"/>; what never changes (10^9 units, tick length) stands in the rules.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record Parameters
{
    /// <summary>The version of the record's form.</summary>
    public const int RecordVersion = 1;

    /// <summary>How a model's units are divided. Default 40 % data, 25 % compute, 25 % developer, 10 % holders.</summary>
    [Id(0)]
    public ClassUnits ClassUnits { get; init; } = new(400_000_000, 250_000_000, 250_000_000, 100_000_000);

    /// <summary>Millionths of every inference fee for the treasury; 0 … <see cref="FeeRule.ProtocolFeePpmLimit"/>. Default 2.5 %.</summary>
    [Id(1)]
    public uint ProtocolFeePpm { get; init; } = 25_000;

    /// <summary>Millionths of every lease payment for the treasury; 0 … 500,000. Default 2 %.</summary>
    [Id(2)]
    public uint LeaseFeePpm { get; init; } = 20_000;

    /// <summary>K of KNN-Shapley at the door; 1 … 1,000. Default 5.</summary>
    [Id(3)]
    public uint ValuationK { get; init; } = 5;

    /// <summary>R of the door value: only the R nearest count; 1 … 10,000. Default 100.</summary>
    [Id(4)]
    public uint ValuationR { get; init; } = 100;

    /// <summary>Rounds whose pay stays held after the round's own check; 0 … 10,000. Default 16.</summary>
    [Id(5)]
    public uint ReleaseWindowRounds { get; init; } = 16;

    /// <summary>One receipt in this many is executed again; a power of two up to 2^20. Default 64.</summary>
    [Id(6)]
    public uint ReceiptSampleOneIn { get; init; } = ReceiptDraw.OneInDefault;

    /// <summary>Millionths of the rounds without attribution that are executed again; 0 … 200,000. Default 20 %.</summary>
    [Id(7)]
    public uint CheckSharePpm { get; init; } = 200_000;

    /// <summary>Base units below which nobody stakes; at least 1. Default 1 GAIB.</summary>
    [Id(8)]
    public UInt128 StakeMin { get; init; } = 1_000_000_000;

    /// <summary>Milliseconds of an epoch: beacon, host commitments, settlement root; 1 s … 30 d. Default one day.</summary>
    [Id(9)]
    public uint EpochMs { get; init; } = 86_400_000;

    /// <summary>All parameters in a fixed order; the one list behind the hash, the export and changes by name.</summary>
    public ImmutableArray<ParameterField> Fields =>
    [
        new("classUnits.data", ClassUnits.Data), new("classUnits.compute", ClassUnits.Compute),
        new("classUnits.developer", ClassUnits.Developer), new("classUnits.holders", ClassUnits.Holders),
        new("protocolFeePpm", ProtocolFeePpm), new("leaseFeePpm", LeaseFeePpm),
        new("valuationK", ValuationK), new("valuationR", ValuationR),
        new("releaseWindowRounds", ReleaseWindowRounds), new("receiptSampleOneIn", ReceiptSampleOneIn),
        new("checkSharePpm", CheckSharePpm), new("stakeMin", StakeMin), new("epochMs", EpochMs),
    ];

    /// <summary>keccak256 over the words: version, then for each of <see cref="Fields"/> the keccak256 of its name and its value.</summary>
    public Hash32 Hash()
    {
        var words = new AbiWriter(32).UInt(RecordVersion);
        foreach (var field in Fields)
        {
            words.Utf8(field.Name).UInt(field.Value);
        }

        return words.Hash();
    }

    /// <summary>Null when every value is in its range, else <see cref="Reason.FieldOutOfRange"/> naming the first that is not.</summary>
    public Rejection? Check() =>
        ClassUnits.Check()
        ?? Between("protocolFeePpm", ProtocolFeePpm, 0, FeeRule.ProtocolFeePpmLimit)
        ?? Between("leaseFeePpm", LeaseFeePpm, 0, 500_000)
        ?? Between("valuationK", ValuationK, 1, 1_000)
        ?? Between("valuationR", ValuationR, 1, 10_000)
        ?? Between("releaseWindowRounds", ReleaseWindowRounds, 0, 10_000)
        ?? Between("receiptSampleOneIn", ReceiptSampleOneIn, 1, 1 << 20)
        ?? (uint.IsPow2(ReceiptSampleOneIn) ? null : Between("receiptSampleOneIn", ReceiptSampleOneIn, 1, 1))
        ?? Between("checkSharePpm", CheckSharePpm, 0, 200_000)
        ?? Between("stakeMin", StakeMin, 1, ShareIssueRule.StakeLimit - 1)
        ?? Between("epochMs", EpochMs, 1_000, 2_592_000_000);

    private static Rejection? Between(string name, UInt128 value, ulong least, ulong most) =>
        value >= least && value <= most
            ? null
            : new Rejection(Reason.FieldOutOfRange, value < least ? least : most, (Int128)UInt128.Min(value, ulong.MaxValue), name);
}
