using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Verify.Tests.Golden;

/// <summary>A round: what is committed, drawn, attributed and chained.</summary>
internal static class RunVectors
{
    private static readonly Hash32 Run = Inputs.Hash("run");

    public static IEnumerable<JsonObject> All() => [Commitments(), Draw(), Drop(), Slots(), Round()];

    private static JsonObject Commitments()
    {
        DeltaClaim[] claims = [new(Inputs.Hash("delta 0"), Inputs.Hash("trace 0")), new(Inputs.Hash("delta 2"), Inputs.Hash("trace 2"))];
        var commitments = new Dictionary<int, Hash32> { [0] = claims[0].Commitment(Run, 3, 0), [2] = claims[1].Commitment(Run, 3, 2) };
        return VectorFile.Of(
            "roundCommitments",
            new { run = Run, round = 3, slots = commitments.Keys.Zip(claims, (slot, claim) => new { slot, deltaHash = claim.DeltaHash, trace = claim.Trace }) },
            new { commitments = commitments.Values, root = RoundRule.CommitmentsRoot(Run, 3, commitments) });
    }

    private static JsonObject Draw()
    {
        // Slots 0 and 1 have one owner, 3 sent the same delta as 2, and 4 was lost.
        string[] hosts = ["a", "a", "b", "c", "d"];
        string[] deltas = ["0", "1", "2", "2", "4"];
        var workers = hosts.Select((host, slot) => new DrawnWorker(
            new RoundTerms(slot, 10, 1_000, slot == 0 ? (UInt128)0 : 9_000), Inputs.Person("host " + host), Inputs.Hash("delta " + deltas[slot]), slot != 4)).ToArray();
        var (beacon, drawn) = (Inputs.Hash("beacon"), CheckDraw.Draw(Run, 3, Inputs.Hash("beacon"), attributed: false, 200_000, workers));
        return VectorFile.Of(
            "checkDraw",
            new
            {
                run = Run, round = 3, beacon, attributed = false, checkPpm = 200_000,
                workers = workers.Select(worker => new
                {
                    slot = worker.Terms.Slot, host = worker.Host, pay = worker.Terms.Pay, unreleased = worker.Terms.Unreleased,
                    deltaHash = worker.DeltaHash, live = worker.Live,
                }),
            },
            new
            {
                candidates = drawn.Candidates, reporters = drawn.Reporters,
                checks = drawn.Checks.Select(check => new { slot = check.Slot, checkers = check.Checkers }),
            });
    }

    private static JsonObject Drop()
    {
        Address[] people = [.. new[] { "ada", "grace", "alan" }.Select(Inputs.Person).Order()];
        (long Drop, long[] Values)[] cases = [(100, [70, -20, 70]), (101, [70, -20, 70]), (1_000, [70, -20, 70]), (-1, [70, -20, 70])];
        return VectorFile.Of(
            "attribution",
            new { contributors = people, rounds = cases.Select(one => new { drop = one.Drop, rawValues = one.Values }) },
            cases.Select(one => Attribution.Normalise(one.Drop, one.Values, people))
                .Select(parts => new { attribution = parts.Parts, unattributed = parts.Unattributed }));
    }

    private static JsonObject Slots()
    {
        Int128[][] slots = [[(Int128)3 << 15, -((Int128)5 << 15), 1], [(Int128)2 << 16, -((Int128)1 << 15), 65_535]];
        return VectorFile.Of(
            "rawValues", new { slotsQ48 = slots }, Attribution.Average([.. slots.Select(values => ImmutableArray.Create(values))]));
    }

    private static JsonObject Round()
    {
        RoundSlot[] slots = [Slot(0, SlotVerdict.Passed, 3_000, Reason.None), Slot(1, SlotVerdict.Wrong, 0, Reason.WorkWrong)];
        var claim = new DeltaClaim(Inputs.Hash("delta 0"), Inputs.Hash("trace 0"));
        var round = new ClosedRound(
            3, true, Inputs.Time, Inputs.Time + 5, Inputs.Hash("beacon"), new RoundDraw([0, 1], [1, 0], [new SlotCheck(0, [1])]), [.. slots],
            [new CheckRow(0, 1, claim, true)], [new ReportRow(0, Inputs.Hash("report"), true), new ReportRow(1, Inputs.Hash("other"), false)],
            Inputs.Hash("weights"), Inputs.Hash("momentum"), 900, 800, [70, -20], [70, 0], 30, Inputs.Hash("previous"), default);
        return VectorFile.Of(
            "round",
            new
            {
                run = Run, round = round.Round, attributed = round.Attributed, startedAt = round.StartedAt, closedAt = round.ClosedAt, beacon = round.Beacon,
                draw = new
                {
                    candidates = round.Draw.Candidates, reporters = round.Draw.Reporters,
                    checks = round.Draw.Checks.Select(check => new { slot = check.Slot, checkers = check.Checkers }),
                },
                slots = slots.Select(row => new
                {
                    slot = row.Slot, gpu = row.Gpu, host = row.Host, lease = row.Lease, rate = row.Terms.Rate, pay = row.Terms.Pay,
                    unreleased = row.Terms.Unreleased, commitment = row.Commitment, deltaHash = row.Revealed.DeltaHash, trace = row.Revealed.Trace,
                    verdict = (int)row.Verdict, summed = row.Summed, work = row.Work, leaves = (int)row.Leaves,
                }),
                checks = round.Checks.Select(row => new { slot = row.Slot, checker = row.Checker, deltaHash = row.Found.DeltaHash, trace = row.Found.Trace, agreed = row.Agreed }),
                reports = round.Reports.Select(row => new { slot = row.Slot, hash = row.Hash, agreed = row.Agreed }),
                weights = round.Weights, momentum = round.Momentum, lossBefore = round.LossBefore, lossAfter = round.LossAfter,
                rawValues = round.RawValues, attribution = round.Attribution, unattributed = round.Unattributed, previous = round.Previous,
            },
            RoundHash.Of(Run, round));
    }

    private static RoundSlot Slot(int slot, SlotVerdict verdict, ulong work, Reason leaves) => new(
        slot, Inputs.Hash($"gpu {slot}"), Inputs.Person($"host {slot}"), Inputs.Hash($"lease {slot}"), new RoundTerms(slot, 10, 1_000, 2_000),
        Inputs.Hash($"commitment {slot}"), new DeltaClaim(Inputs.Hash($"delta {slot}"), Inputs.Hash($"trace {slot}")), verdict,
        verdict == SlotVerdict.Passed, work, leaves);
}
