namespace Gaib.Simulation.Tests;

/// <summary>Whole lives of the ledger under faults, each from a seed. To see one again: <c>GAIB_SEED=n</c>; some: <c>GAIB_SEEDS=from-to</c>.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SeedsForAll = 500;

    /// <summary>Everything that fails in these worlds.</summary>
    private static readonly string[] Faults =
    [
        "power cut", "power cut while writing", "killed", "torn tail", "removed file came back", "cache dropped", "clock set",
        "lost write", "misdirected write", "corrupt write", "rot", "flush error", "write error", "disk full", "space used up", "space came back",
        "cut BeforeWrite", "cut AfterWrite", "cut AfterFlush", "cut BeforeSegment", "cut BeforeSnapshotRename", "cut BeforeArchive",
        "state write error", "state written and not told", "state changed by another activation",
        "message lost", "message doubled", "message late", "reply lost", "reply late", "timeout", "retry", "old message", "old call",
        "fenced", "deactivated", "two activations of IBookGrain", "two activations of ISessionGrain", "two activations of ILeaseGrain", "gpu lost",
        "snapshot", "refused to open", "refused to read notes", "restored from backup", "snapshot removed by hand", "writer opened anew",
        "writer closed", "plain batch", "whole batch", "requests in one call",
        "index kept", "index misplaced", "index lost",
        "call repeated", "close repeated", "outbox told", "outbox swept", "market told",
    ];

    /// <summary>Everything that is met between books.</summary>
    private static readonly string[] Edges =
    [
        "total told", "total heard", "total of before", "total refused: AccountInvalid", "total refused: PoolFull", "asked what arrived", "delivered",
        "not delivered", "cap looked up", "power cut everywhere", "every edge is even", "something stays due", "stays due: AccountInvalid", "stays due: PoolFull",
        "ended with 2 books", "ended with 3 books",
    ];

    /// <summary>Every reason that a book gives.</summary>
    private static readonly string[] Reasons =
    [
        "None", "DeadlinePassed", "NonceUsed", "AmountZero", "SameAccount", "AccountInvalid", "AssetUnknown", "WriterUnknown", "TooOld", "WindowFull",
        "IdReused", "InsufficientFunds", "Overflow", "ReservationNotFound", "ReservationResolved", "ReservationExceeded", "LinkedFailed",
        "BatchInvalid", "ExpiryInvalid", "WrongBook", "AssetExists", "AssetFrozen", "NoteMisplaced", "PoolFull", "PoolWeightFull", "PoolCycle",
    ];

    /// <summary>Every reason that a session gives.</summary>
    private static readonly string[] SessionReasons =
    [
        "None", "NotFound", "FieldOutOfRange", "TooOld", "IdReused", "SampleInvalid", "SessionClosed", "SessionCapExceeded", "AcknowledgementDue",
        "AcknowledgementInvalid", "SignatureInvalid", "SignerNotAuthorised", "NoHost", "ModelNotIssued", "DeadlinePassed", "InsufficientFunds",
    ];

    /// <summary>Every reason that a lease gives, and all of its ends.</summary>
    private static readonly string[] LeaseReasons =
    [
        "lease reason None", "lease reason NotFound", "lease reason WrongState", "lease reason LeaseClosed", "lease reason FieldOutOfRange",
        "lease ended None", "lease ended HostLost", "lease ended WorkWrong", "lease ended RateBelowFloor", "lease ended RateAboveCeiling",
        "lease ended EscrowExhausted",
    ];

    [Fact]
    public void World_AnySeed_AnswersAndHoldsWhatTheAuditorSays()
    {
        var campaign = Campaign.Run(Campaign.Seeds());
        output.WriteLine(campaign.Summary);
        Assert.True(campaign.Faults.Count == 0, string.Join("\n", campaign.Faults));
        if (campaign.Hashes.Count >= SeedsForAll)
        {
            var expected = Faults.Concat(Reasons.Select(reason => $"reason {reason}")).Concat(SessionReasons.Select(reason => $"session reason {reason}"))
                .Concat(LeaseReasons).Concat(Edges);
            Assert.Equal("", string.Join(", ", expected.Where(name => !campaign.Seen.ContainsKey(name))));
        }
    }

    [Fact]
    public void World_SameSeed_TakesTheSameCourse()
    {
        var seeds = Enumerable.Range(0, 20).ToArray();
        var (first, again) = (Campaign.Run(seeds), Campaign.Run(seeds.Reverse()));

        Assert.Equal(first.Hashes, again.Hashes);
        Assert.Equal(seeds.Length, first.Hashes.Values.Distinct().Count());
    }
}
