using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>What a round found of a worker's delta. Numbers are pinned.</summary>
public enum SlotVerdict
{
    /// <summary>The worker did not reveal a delta.</summary>
    Missing = 1,

    /// <summary>Revealed, and not drawn for re-execution. It counts.</summary>
    Unchecked = 2,

    /// <summary>Another owner's re-execution gave the same bytes. It counts.</summary>
    Passed = 3,

    /// <summary>Two other owners' re-executions gave the same bytes, and not the revealed ones.</summary>
    Wrong = 4,

    /// <summary>No two owners agreed, or too few were left. It does not count, and nobody is to blame.</summary>
    Undecided = 5,
}

/// <summary>A worker's row of a closed round.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Gpu">The GPU.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Lease">The lease that pays it.</param>
/// <param name="Terms">Its terms.</param>
/// <param name="Commitment">What it committed; zero if nothing.</param>
/// <param name="Revealed">What it revealed; zeros if nothing.</param>
/// <param name="Verdict">What was found.</param>
/// <param name="Summed">Its delta is part of the outer step.</param>
/// <param name="Work">Multiply-accumulates to bill: own steps that passed, and steps re-executed for checks that were agreed.</param>
/// <param name="Leaves">It takes part no more: why. <see cref="Reason.None"/> for who stays.</param>
[GenerateSerializer, Immutable]
public sealed record RoundSlot(
    [property: Id(0)] int Slot,
    [property: Id(1)] Hash32 Gpu,
    [property: Id(2)] Address Host,
    [property: Id(3)] Hash32 Lease,
    [property: Id(4)] RoundTerms Terms,
    [property: Id(5)] Hash32 Commitment,
    [property: Id(6)] DeltaClaim Revealed,
    [property: Id(7)] SlotVerdict Verdict,
    [property: Id(8)] bool Summed,
    [property: Id(9)] UInt128 Work,
    [property: Id(10)] Reason Leaves);

/// <summary>One re-execution of one slot.</summary>
/// <param name="Slot">The slot re-executed.</param>
/// <param name="Checker">Who did it.</param>
/// <param name="Found">What it gave.</param>
/// <param name="Agreed">It is what two owners agreed on.</param>
[GenerateSerializer, Immutable]
public sealed record CheckRow(
    [property: Id(0)] int Slot, [property: Id(1)] int Checker, [property: Id(2)] DeltaClaim Found, [property: Id(3)] bool Agreed);

/// <summary>One report of the round's result.</summary>
/// <param name="Slot">Who reported.</param>
/// <param name="Hash">Hash of the report.</param>
/// <param name="Agreed">It is what two owners agreed on.</param>
[GenerateSerializer, Immutable]
public sealed record ReportRow([property: Id(0)] int Slot, [property: Id(1)] Hash32 Hash, [property: Id(2)] bool Agreed);

/// <summary>A closed round: everything that decides pay, and enough to recompute the draw, the verdicts and the attribution.</summary>
/// <param name="Round">Round, from 0.</param>
/// <param name="Attributed">It had attribution.</param>
/// <param name="StartedAt">Unix milliseconds; the rates in force then are paid.</param>
/// <param name="ClosedAt">Unix milliseconds.</param>
/// <param name="Beacon">The check beacon.</param>
/// <param name="Draw">What it drew.</param>
/// <param name="Slots">Who took part, ascending by slot.</param>
/// <param name="Checks">Re-executions, ascending by slot, then checker.</param>
/// <param name="Reports">Reports, ascending by slot.</param>
/// <param name="Weights">Global weights after the round.</param>
/// <param name="Momentum">Outer momentum after the round.</param>
/// <param name="LossBefore">Q32; 0 without attribution, and where nothing was summed.</param>
/// <param name="LossAfter">Q32.</param>
/// <param name="RawValues">Raw value of each contributor, Q32; empty without attribution, and where nothing was summed.</param>
/// <param name="Attribution">Attributed part of each contributor, Q32; as long as the raw values.</param>
/// <param name="Unattributed">Part of the drop that is nobody's, Q32.</param>
/// <param name="Previous">Hash of the round before; of the specification for round 0.</param>
/// <param name="Hash">Hash of this round, see <see cref="RoundHash"/>; the cause of all that it pays.</param>
[GenerateSerializer, Immutable]
public sealed record ClosedRound(
    [property: Id(0)] int Round,
    [property: Id(1)] bool Attributed,
    [property: Id(2)] long StartedAt,
    [property: Id(3)] long ClosedAt,
    [property: Id(4)] Hash32 Beacon,
    [property: Id(5)] RoundDraw Draw,
    [property: Id(6)] ImmutableArray<RoundSlot> Slots,
    [property: Id(7)] ImmutableArray<CheckRow> Checks,
    [property: Id(8)] ImmutableArray<ReportRow> Reports,
    [property: Id(9)] Hash32 Weights,
    [property: Id(10)] Hash32 Momentum,
    [property: Id(11)] long LossBefore,
    [property: Id(12)] long LossAfter,
    [property: Id(13)] ImmutableArray<long> RawValues,
    [property: Id(14)] ImmutableArray<long> Attribution,
    [property: Id(15)] long Unattributed,
    [property: Id(16)] Hash32 Previous,
    [property: Id(17)] Hash32 Hash);
