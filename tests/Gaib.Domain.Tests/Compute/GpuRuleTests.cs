using System.Collections.Immutable;

using CsCheck;

using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>A GPU is offered only after its answer was committed and checked with a later beacon.</summary>
public sealed class GpuRuleTests
{
    private static readonly AttachGpu Attach = new(Sample.Hash("gpu"), Sample.Account("host"), "cpu-1");
    private static readonly OpenChallenge Open = new(Sample.Hash("beacon"), 64);
    private static readonly AnswerChallenge Answer = new(Sample.Hash("result"));
    private static readonly JudgeChallenge Pass = new(Sample.Hash("check"), true);
    private static readonly JudgeChallenge Fail = new(Sample.Hash("check"), false);

    [Fact]
    public void Decide_ChallengePassed_MayBeOfferedLeasedAndFreed()
    {
        var gpu = After(Attach, Open, Answer, Pass, new OfferGpu(), new LeaseGpu(Sample.Hash("lease")));
        Assert.Equal(GpuStatus.Leased, gpu.Status);
        Assert.Equal(
            new GpuEvidence(GpuRule.Seed(Open.Beacon, Attach.Gpu), 64, Open.Beacon, Answer.ResultHash, Pass.CheckBeacon, true), gpu.Evidence);
        Assert.Equal(GpuStatus.Offered, After(gpu, new FreeGpu(Sample.Hash("lease"))).Status);
    }

    [Fact]
    public void Decide_ChallengeFailed_IsRefusedAsChallengeFailed() =>
        Assert.Equal(Reason.ChallengeFailed, Refusal(After(Attach, Open, Answer, Fail), new OfferGpu()));

    [Fact]
    public void Decide_NeverMeasured_IsRefusedAsWrongState() =>
        Assert.Equal(Reason.WrongState, Refusal(After(Attach), new OfferGpu()));

    [Fact]
    public void Decide_JudgedWithTheBeaconOfTheSeed_IsRefused() =>
        Assert.Equal(Reason.FieldOutOfRange, Refusal(After(Attach, Open, Answer), new JudgeChallenge(Open.Beacon, true)));

    [Fact]
    public void Decide_SecondAnswer_IsRefused() =>
        Assert.Equal(Reason.WrongState, Refusal(After(Attach, Open, Answer), new AnswerChallenge(Sample.Hash("other"))));

    [Fact]
    public void Decide_AttachAgainAfterLoss_MustBeMeasuredAnewFromANewBeacon()
    {
        var gpu = After(Attach, Open, Answer, Pass, new OfferGpu(), new LoseGpu(), Attach);
        Assert.Equal((GpuStatus.Attached, false, 1), (gpu.Status, gpu.Measured, gpu.Earlier.Length));
        Assert.Equal(Reason.WrongState, Refusal(gpu, new OfferGpu()));
        Assert.Equal(Reason.WrongState, Refusal(gpu, Open));
        Assert.Equal(GpuStatus.Challenged, After(gpu, new OpenChallenge(Sample.Hash("later"), 64)).Status);
    }

    [Fact]
    public void Decide_Slashed_IsNeverOfferedAgain()
    {
        var gpu = After(Attach, Open, Answer, Pass, new OfferGpu(), new LeaseGpu(Sample.Hash("lease")), new SlashGpu());
        Assert.Equal(Reason.WorkWrong, Refusal(gpu, new OfferGpu()));
        Assert.Equal(Reason.WorkWrong, Refusal(gpu, Attach));
        Assert.Equal(Sample.Start, gpu.To);
    }

    [Fact]
    public void Decide_AnotherHost_IsRefused() =>
        Assert.Equal(Reason.SignerNotAuthorised, Refusal(After(Attach), Attach with { Host = Sample.Account("thief") }));

    [Fact]
    public void Decide_AnyCommands_OfferedOnlyWhenMeasuredAndRepeatsChangeNothing()
    {
        GpuCommand[] commands =
        [
            Attach, Open, new OpenChallenge(Sample.Hash("later"), 9), Answer, Pass, Fail, new OfferGpu(), new UnofferGpu(),
            new LeaseGpu(Sample.Hash("lease")), new FreeGpu(Sample.Hash("lease")), new LoseGpu(), new SlashGpu(),
        ];
        var seen = new HashSet<GpuStatus>();
        Gen.Int[0, commands.Length - 1].Array[1, 40].Sample(picks =>
        {
            Gpu? gpu = null;
            foreach (var pick in picks)
            {
                var decided = GpuRule.Decide(gpu, commands[pick], Sample.Start);
                if (!decided.Accepted)
                {
                    continue;
                }

                gpu = decided.Value.Aggregate(gpu, GpuRule.Evolve);
                seen.Add(gpu!.Status);
                Assert.True(gpu.Status is not (GpuStatus.Offered or GpuStatus.Leased) || gpu is { Measured: true, Evidence.Passed: true });
                Assert.Equal(gpu.Lease is not null, gpu.Status == GpuStatus.Leased);
                Assert.Empty(GpuRule.Decide(gpu, commands[pick], Sample.Start).Value);
            }
        }, iter: Campaign.Size(10_000, 200_000), threads: 1);
        Assert.Equal(Enum.GetValues<GpuStatus>().ToHashSet(), seen);
    }

    private static Gpu After(params GpuCommand[] commands) => After(null, commands);

    private static Gpu After(Gpu? gpu, params GpuCommand[] commands)
    {
        foreach (var command in commands)
        {
            gpu = GpuRule.Decide(gpu, command, Sample.Start).Value.Aggregate(gpu, GpuRule.Evolve);
        }

        return gpu!;
    }

    private static Reason? Refusal(Gpu gpu, GpuCommand command) => GpuRule.Decide(gpu, command, Sample.Start).Rejection?.Reason;
}
