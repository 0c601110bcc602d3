using System.Collections.Immutable;
using Gaib.Domain.Models;
using Gaib.Domain.Training;
using Gaib.Verify.Data;
using Gaib.Verify.Models;
using Gaib.Verify.Tests.Mutations;
using Gaib.Verify.Training;

namespace Gaib.Verify.Tests.Data;

/// <summary>Hashes that an operator puts beside the true commitments until a beacon draws what suits it.</summary>
public sealed class CommitmentsCheckTests
{
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    [Fact]
    public void Check_TheDemo_ExplainsEveryCommitment() => Assert.Empty(Found(Export.Value.Fresh().Load()));

    [Fact]
    public void Check_JunkInAnyEpoch_IsNamed()
    {
        var data = Export.Value.Fresh().Load();
        var junk = Some.Hash("junk");
        foreach (var line in data.Beacons)
        {
            var found = Found(Replaced(data, line, line with { Commitments = [.. line.Commitments.Append(junk).Order()] }));

            Assert.Contains(found, finding => finding.At == line.At && finding.Found == junk.ToString());
        }
    }

    [Fact]
    public void Check_JunkInsteadOfWhatOpenedTheChallenges_Stays()
    {
        // What opens a challenge is free; the epoch draws nothing else.
        var data = Export.Value.Fresh().Load();
        var line = data.Beacons.Single(beacon => data.Gpus.Any(gpu => gpu.Evidence.Any(one => one.OpenedWith == beacon.Beacon)));

        Assert.Empty(Found(Replaced(data, line, line with { Commitments = [Some.Hash("junk")] })));
    }

    [Fact]
    public void Check_OpeningUsedAsAJudgesBeacon_IsNoFreeChoice()
    {
        var data = Export.Value.Fresh().Load();
        var gpu = data.Gpus[0];
        var again = gpu with { Evidence = [.. gpu.Evidence.Select(one => one with { CheckBeacon = one.OpenedWith })] };

        Assert.NotEmpty(Found(data with { Gpus = data.Gpus.Replace(gpu, again) }));
    }

    [Fact]
    public void Check_EpochWithoutCommitmentsOrWithOneThatWasBefore_IsNamed()
    {
        var data = Export.Value.Fresh().Load();
        var (first, last) = (data.Beacons[0], data.Beacons[^1]);

        Assert.Contains(Found(Replaced(data, last, last with { Commitments = [] })), finding => finding.At == last.At);
        Assert.Contains(Found(Replaced(data, last, last with { Commitments = first.Commitments })), finding => finding.At == last.At);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1_000_000, false)]
    public void Check_EpochInWhichAHostAnsweredNothing_IsExplainedOnceItIsOver(ulong epoch, bool holds)
    {
        var data = Export.Value.Fresh().Load();
        var last = data.Beacons[^1];
        var empty = new HostEpochCommitment(data.Gpus[0].Host, epoch, HostEpochCommitment.RootOf([]), 0, 0).Hash();

        Assert.Equal(holds, Found(Replaced(data, last, last with { Commitments = [empty] })).Count == 0);
    }

    [Fact]
    public void Check_HostEpochThatIsNotOver_IsNamed()
    {
        var data = Export.Value.Fresh().Load();
        var now = Serving.EpochAt(data.Network, data.Network.ExportedAt);
        var old = data.HostEpochs.First(epoch => epoch.Count == 0);
        var findings = new Findings();

        HostEpochsCheck.Check(data with { HostEpochs = [old with { Epoch = now }] }, findings);

        Assert.Equal("epoch", findings.Kept[0].Field);
    }

    [Fact]
    public void Check_RoundUnderWay_ExplainsWhatItsSlotsCommitted()
    {
        var data = Export.Value.Fresh().Load();
        var (run, last) = (data.Runs[0], data.Beacons[^1]);
        ImmutableArray<CommittedLine> slots = [new(0, Some.Hash("slot 0")), new(2, Some.Hash("slot 2"))];
        var root = RoundRule.CommitmentsRoot(run.Run, run.Rounds.Length, slots.ToDictionary(slot => slot.Slot, slot => slot.Commitment));
        var underWay = run with { Phase = RunPhase.Revealing, Committed = slots };
        var committed = Replaced(data, last, last with { Commitments = [root] });

        Assert.Empty(Found(committed with { Runs = data.Runs.Replace(run, underWay) }));
        Assert.NotEmpty(Found(committed with { Runs = data.Runs.Replace(run, underWay with { Phase = RunPhase.Done }) }));
    }

    private static ExportData Replaced(ExportData data, BeaconLine old, BeaconLine line) => data with { Beacons = data.Beacons.Replace(old, line) };

    private static List<Finding> Found(ExportData data)
    {
        var findings = new Findings();
        CommitmentsCheck.Check(data, findings);
        return [.. findings.Kept];
    }
}
