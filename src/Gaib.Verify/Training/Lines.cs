using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Training;

/// <summary>A line of runs.ndjson.</summary>
internal sealed record RunLine(
    LineAt At,
    Hash32 Run,
    Hash32 Job,
    Hash32 Model,
    Hash32 DatasetsRoot,
    Hash32 Samples,
    Hash32 InitialWeights,
    ImmutableArray<Address> Contributors,
    ImmutableArray<int> Owners,
    int AttributionEvery,
    uint CheckPpm,
    int MinWorkers,
    RunPhase Phase,
    Hash32 Weights,
    Hash32 Momentum,
    Reason StoppedFor,
    ImmutableArray<Hash32> Slices,
    ImmutableArray<WorkerLine> Workers,
    ImmutableArray<CommittedLine> Committed,
    ImmutableArray<RoundLine> Rounds)
{
    public static RunLine Read(JsonLine line) => new(
        line.At, line.Hash("run"), line.Hash("job"), line.Hash("model"), line.Hash("datasetsRoot"), line.Hash("samples"),
        line.Hash("initialWeights"), line.People("contributors"), line.Ints("owners"), line.Int32("attributionEvery"),
        line.UInt32("checkPpm"), line.Int32("minWorkers"), line.Word<RunPhase>("phase"), line.Hash("weights"), line.Hash("momentum"),
        line.Reason("stoppedFor"), line.Hashes("slices"), line.List("workers", WorkerLine.Read),
        line.List("committed", CommittedLine.Read), line.List("rounds", RoundLine.Read));
}

/// <summary>A worker of a run; no last round while it takes part.</summary>
internal sealed record WorkerLine(int Slot, Hash32 Gpu, Address Host, Hash32 Lease, int Joined, int? LastRound, Reason LeftFor)
{
    public static WorkerLine Read(JsonLine line) => new(
        line.Int32("slot"), line.Hash("gpu"), line.Person("host"), line.Hash("lease"), line.Int32("joined"),
        line.Int32OrNull("lastRound"), line.Reason("leftFor"));
}

/// <summary>What a slot has committed in a round that is under way.</summary>
internal sealed record CommittedLine(int Slot, Hash32 Commitment)
{
    public static CommittedLine Read(JsonLine line) => new(line.Int32("slot"), line.Hash("commitment"));
}

/// <summary>A closed round.</summary>
internal sealed record RoundLine(
    int Round,
    bool Attributed,
    long StartedAt,
    long ClosedAt,
    Hash32 Beacon,
    RoundDraw Draw,
    ImmutableArray<RoundSlot> Slots,
    ImmutableArray<CheckRow> Checks,
    ImmutableArray<ReportRow> Reports,
    Hash32 Weights,
    Hash32 Momentum,
    Int128 LossBefore,
    Int128 LossAfter,
    ImmutableArray<Int128> RawValues,
    ImmutableArray<Int128> Attribution,
    Int128 Unattributed,
    Hash32 Previous,
    Hash32 Hash)
{
    public static RoundLine Read(JsonLine line) => new(
        line.Int32("round"), line.Bool("attributed"), line.Int64("startedAt"), line.Int64("closedAt"), line.Hash("beacon"),
        line.Object("draw", ReadDraw), line.List("slots", ReadSlot), line.List("checks", ReadCheck), line.List("reports", ReadReport),
        line.Hash("weights"), line.Hash("momentum"), line.Signed("lossBefore"), line.Signed("lossAfter"), line.SignedList("rawValues"),
        line.SignedList("attribution"), line.Signed("unattributed"), line.Hash("previous"), line.Hash("hash"));

    private static RoundDraw ReadDraw(JsonLine line) => new(
        line.Ints("candidates"), line.Ints("reporters"), line.List("checks", one => new SlotCheck(one.Int32("slot"), one.Ints("checkers"))));

    private static RoundSlot ReadSlot(JsonLine line)
    {
        var (slot, gpu, host, lease) = (line.Int32("slot"), line.Hash("gpu"), line.Person("host"), line.Hash("lease"));
        return new RoundSlot(
            slot, gpu, host, lease, new RoundTerms(slot, line.Amount("rate"), line.Amount("pay"), line.Amount("unreleased")),
            line.Hash("commitment"), new DeltaClaim(line.Hash("deltaHash"), line.Hash("trace")), line.Word<SlotVerdict>("verdict"),
            line.Bool("summed"), line.Amount("work"), line.Reason("leaves"));
    }

    private static CheckRow ReadCheck(JsonLine line) => new(
        line.Int32("slot"), line.Int32("checker"), new DeltaClaim(line.Hash("deltaHash"), line.Hash("trace")), line.Bool("agreed"));

    private static ReportRow ReadReport(JsonLine line) => new(line.Int32("slot"), line.Hash("hash"), line.Bool("agreed"));
}
