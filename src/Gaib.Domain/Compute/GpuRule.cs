using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>
/// A GPU is measured, never believed: it attaches, is challenged, and only then may be offered and leased. A command that has
/// already had its effect is accepted again without an event, so that every sender may retry.
/// </summary>
public static class GpuRule
{
    /// <summary>Version of the rule, and of the seed.</summary>
    public const int RuleVersion = 1;

    /// <summary>The seed of a GPU's challenge: <c>keccak256(abi.encode(keccak256("gaib.gpu.challenge"), 1, beacon, gpu))</c>.</summary>
    /// <param name="beacon">The beacon.</param>
    /// <param name="gpu">The GPU.</param>
    public static Hash32 Seed(Hash32 beacon, Hash32 gpu) =>
        new AbiWriter(4).Utf8("gaib.gpu.challenge").UInt(RuleVersion).Hash(beacon).Hash(gpu).Hash();

    /// <summary>Decides a command.</summary>
    /// <param name="gpu">The state; null before it attached.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>The events, none when the command already had its effect; or NotFound, WrongState, SignerNotAuthorised,
    /// FieldOutOfRange, ChallengeFailed, HostLost or WorkWrong.</returns>
    public static Outcome<ImmutableArray<GpuEvent>> Decide(Gpu? gpu, GpuCommand command, long now)
    {
        if (command is AttachGpu attach)
        {
            return Attach(gpu, attach, now);
        }

        if (gpu is null)
        {
            return Reason.NotFound;
        }

        return command switch
        {
            OpenChallenge open => Open(gpu, open, now),
            AnswerChallenge answer => Answer(gpu, answer, now),
            JudgeChallenge judge => Judge(gpu, judge, now),
            SlashGpu => gpu.Status == GpuStatus.Slashed ? Nothing : Moved(now, GpuStatus.Slashed),
            LoseGpu => gpu.Status is GpuStatus.Lost or GpuStatus.Slashed ? Nothing : Moved(now, GpuStatus.Lost),
            OfferGpu => Offer(gpu, now),
            UnofferGpu => Unoffer(gpu, now),
            LeaseGpu lease => Lease(gpu, lease.Lease, now),
            FreeGpu free => Free(gpu, free.Lease, now),
            _ => Reason.WrongState,
        };
    }

    /// <summary>Applies an event.</summary>
    /// <param name="gpu">The state; null before it attached.</param>
    /// <param name="happened">An event that <see cref="Decide"/> gave for this state.</param>
    public static Gpu Evolve(Gpu? gpu, GpuEvent happened) => (gpu, happened) switch
    {
        (_, GpuAttached e) => new Gpu(
            e.Gpu, e.Host, e.Class, GpuStatus.Attached, null, gpu is null ? [] : Past(gpu), false, null, e.At, null),
        ({ } g, ChallengeOpened e) => g with
        {
            Status = GpuStatus.Challenged,
            Measured = false,
            Earlier = Past(g),
            Evidence = new GpuEvidence(e.Seed, e.Size, e.Beacon, Hash32.Zero, Hash32.Zero, false),
        },
        ({ Evidence: { } asked } g, ChallengeAnswered e) => g with { Evidence = asked with { ResultHash = e.ResultHash } },
        ({ Evidence: { } asked } g, ChallengeJudged e) => g with
        {
            Status = GpuStatus.Attached,
            Measured = e.Passed,
            Evidence = asked with { CheckBeacon = e.CheckBeacon, Passed = e.Passed },
        },
        ({ } g, GpuMoved e) => g with
        {
            Status = e.Status,
            Lease = e.Lease,
            To = e.Status is GpuStatus.Slashed or GpuStatus.Lost ? e.At : null,
        },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} cannot follow the state of this GPU."),
    };

    private static Outcome<ImmutableArray<GpuEvent>> Nothing => ImmutableArray<GpuEvent>.Empty;

    private static Outcome<ImmutableArray<GpuEvent>> One(GpuEvent happened) => ImmutableArray.Create(happened);

    private static Outcome<ImmutableArray<GpuEvent>> Moved(long now, GpuStatus to, Hash32? lease = null) =>
        One(new GpuMoved(now, to, lease));

    private static ImmutableArray<GpuEvidence> Past(Gpu gpu) =>
        gpu.Evidence is { } evidence ? gpu.Earlier.Add(evidence) : gpu.Earlier;

    private static Rejection Wrong(Gpu gpu) => gpu.Status switch
    {
        GpuStatus.Slashed => new Rejection(Reason.WorkWrong, Subject: gpu.Id.ToString()),
        GpuStatus.Lost => new Rejection(Reason.HostLost, Subject: gpu.Id.ToString()),
        var status => new Rejection(Reason.WrongState, Subject: $"gpu is {status}"),
    };

    private static Outcome<ImmutableArray<GpuEvent>> Attach(Gpu? gpu, AttachGpu attach, long now)
    {
        if (attach.Class.Length == 0 || attach.Host.IsZero)
        {
            return new Rejection(Reason.FieldOutOfRange, 1, 0, attach.Host.IsZero ? "host" : "class");
        }

        if (gpu is null)
        {
            return One(new GpuAttached(now, attach.Gpu, attach.Host, attach.Class));
        }

        if (gpu.Host != attach.Host)
        {
            return new Rejection(Reason.SignerNotAuthorised, Subject: gpu.Id.ToString());
        }

        return gpu.Status switch
        {
            GpuStatus.Slashed => Wrong(gpu),
            GpuStatus.Lost => One(new GpuAttached(now, attach.Gpu, attach.Host, attach.Class)),
            _ => gpu.Class == attach.Class ? Nothing : new Rejection(Reason.WrongState, Subject: $"attached as {gpu.Class}"),
        };
    }

    private static Outcome<ImmutableArray<GpuEvent>> Open(Gpu gpu, OpenChallenge open, long now)
    {
        if (open.Size < 1)
        {
            return new Rejection(Reason.FieldOutOfRange, 1, open.Size, "size");
        }

        if (gpu.Evidence is { } asked && asked.OpenedWith == open.Beacon && asked.Size == open.Size)
        {
            return Nothing;
        }

        if (Past(gpu).Any(past => past.OpenedWith == open.Beacon))
        {
            return new Rejection(Reason.WrongState, Subject: "the beacon gave this gpu a challenge before");
        }

        return gpu.Status == GpuStatus.Attached
            ? One(new ChallengeOpened(now, Seed(open.Beacon, gpu.Id), open.Size, open.Beacon))
            : Wrong(gpu);
    }

    private static Outcome<ImmutableArray<GpuEvent>> Answer(Gpu gpu, AnswerChallenge answer, long now)
    {
        if (answer.ResultHash.IsZero)
        {
            return new Rejection(Reason.FieldOutOfRange, 1, 0, "resultHash");
        }

        if (gpu.Evidence?.ResultHash == answer.ResultHash)
        {
            return Nothing;
        }

        return gpu is { Status: GpuStatus.Challenged, Evidence.ResultHash.IsZero: true }
            ? One(new ChallengeAnswered(now, answer.ResultHash))
            : Wrong(gpu);
    }

    private static Outcome<ImmutableArray<GpuEvent>> Judge(Gpu gpu, JudgeChallenge judge, long now)
    {
        if (gpu.Evidence is not { } asked || asked.ResultHash.IsZero)
        {
            return new Rejection(Reason.WrongState, Subject: "no answer to judge");
        }

        if (asked.CheckBeacon == judge.CheckBeacon && asked.Passed == judge.Passed)
        {
            return Nothing;
        }

        // The vectors must not have been known when the product was committed, nor the beacon of the seed be used twice.
        if (judge.CheckBeacon.IsZero || judge.CheckBeacon == asked.OpenedWith)
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: "checkBeacon");
        }

        return gpu.Status == GpuStatus.Challenged ? One(new ChallengeJudged(now, judge.CheckBeacon, judge.Passed)) : Wrong(gpu);
    }

    private static Outcome<ImmutableArray<GpuEvent>> Offer(Gpu gpu, long now) => gpu switch
    {
        { Status: GpuStatus.Offered or GpuStatus.Leased } => Nothing,
        { Status: GpuStatus.Attached, Measured: true } => Moved(now, GpuStatus.Offered),
        { Status: GpuStatus.Attached, Evidence.CheckBeacon.IsZero: false } => Reason.ChallengeFailed,
        { Status: GpuStatus.Attached } => new Rejection(Reason.WrongState, Subject: "gpu is not measured"),
        _ => Wrong(gpu),
    };

    private static Outcome<ImmutableArray<GpuEvent>> Unoffer(Gpu gpu, long now) => gpu.Status switch
    {
        GpuStatus.Offered => Moved(now, GpuStatus.Attached),
        GpuStatus.Attached => Nothing,
        _ => Wrong(gpu),
    };

    private static Outcome<ImmutableArray<GpuEvent>> Lease(Gpu gpu, Hash32 lease, long now) => gpu switch
    {
        { Status: GpuStatus.Leased } when gpu.Lease == lease => Nothing,
        { Status: GpuStatus.Offered } => Moved(now, GpuStatus.Leased, lease),
        _ => Wrong(gpu),
    };

    private static Outcome<ImmutableArray<GpuEvent>> Free(Gpu gpu, Hash32 lease, long now) => gpu switch
    {
        { Status: GpuStatus.Leased } when gpu.Lease != lease => new Rejection(Reason.WrongState, Subject: $"leased by {gpu.Lease}"),
        { Status: GpuStatus.Leased } => Moved(now, GpuStatus.Offered),
        { Status: GpuStatus.Offered or GpuStatus.Attached } => Nothing,
        _ => Wrong(gpu),
    };
}
