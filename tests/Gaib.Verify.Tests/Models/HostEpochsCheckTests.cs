using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Verify.Models;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Models;

/// <summary>A host whose drawn answers were wrong: the demo's hosts answer right, so the other GPU's answers are changed here.</summary>
public sealed class HostEpochsCheckTests
{
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void Check_WrongAnswers_AreRefundedAndTheRestForfeited(int wrong)
    {
        var data = WithWrong(wrong, out var line);

        Assert.Empty(Found(data));
        Assert.Contains(line.Payments, payment => payment.Kind == HeldFeeKind.Refund);
        Assert.DoesNotContain(line.Payments, payment => payment.Kind == HeldFeeKind.Release);
    }

    [Fact]
    public void Check_WrongAnswersPaidForAllTheSame_AreFound()
    {
        var data = WithWrong(1, out var line);
        var released = line with { Payments = [new HeldPaymentLine(HeldFeeKind.Release, AccountId.Person(line.Host), line.Held, Hash32.Zero)] };

        Assert.StartsWith("payments", Found(Replaced(data, line, released))[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WrongAnswerNotNamed_IsFound()
    {
        var data = WithWrong(1, out var line);

        Assert.Equal("wrong", Found(Replaced(data, line, line with { Wrong = [] }))[0]);
    }

    [Fact]
    public void Check_RightAnswerNamedWrong_IsFound()
    {
        var data = WithWrong(1, out var line);
        data.Answers[line.Wrong[0]] = data.Receipts.Single(receipt => receipt.Hash == line.Wrong[0]).Receipt.OutputHash;

        Assert.StartsWith("checks[", Found(data)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Check_FirstOtherHostLiedOrWasAway_TheNextOneMayHaveChecked()
    {
        var data = Export.Value.Fresh().Load();
        var line = data.HostEpochs.MaxBy(epoch => epoch.Drawn.Length)!;
        foreach (var receipt in data.Receipts)
        {
            data.Answers[receipt.Hash] = receipt.Receipt.OutputHash;
        }

        var run = data.Runs[^1];
        var third = run.Workers[0] with { Gpu = Some.Hash("third"), Host = Some.Person(77), LeftFor = Reason.None };
        var runs = data.Runs.Replace(run, run with { Workers = run.Workers.Add(third) });
        var byThird = line with { Checks = [.. line.Checks.Select(check => check with { Gpu = third.Gpu })] };
        var byNobody = line with { Checks = [.. line.Checks.Select(check => check with { Gpu = Some.Hash("nobody") })] };

        Assert.NotEmpty(line.Checks);
        Assert.Empty(Found(Replaced(data with { Runs = runs }, line, byThird)));
        Assert.Equal("checks[0].gpu", Found(Replaced(data with { Runs = runs }, line, byNobody))[0]);
    }

    private static ExportData WithWrong(int count, out HostEpochLine line)
    {
        var data = Export.Value.Fresh().Load();
        var old = data.HostEpochs.MaxBy(epoch => epoch.Drawn.Length)!;
        var wrong = old.Drawn.Take(count).ToImmutableArray();
        foreach (var receipt in old.Drawn)
        {
            data.Answers[receipt] = wrong.Contains(receipt) ? Some.Hash("right") : data.Receipts.Single(r => r.Hash == receipt).Receipt.OutputHash;
        }

        var checks = old.Checks.Select(check => check with { OutputHash = data.Answers[check.Receipt] }).ToImmutableArray();
        var served = data.Receipts.Where(r => r.Receipt.Host == old.Host).ToArray();
        var payers = data.Sessions.ToDictionary(session => session.Session, session => session.Payer);
        var held = served.Select(r => new HeldReceipt(r.Hash, payers[r.Receipt.Session], r.Receipt.Fee, r.HostFee, r.Receipt.OutputHash));
        var verdict = HostEpochRule.Decide(
            new HostEpochCommitment(old.Host, old.Epoch, old.Root, old.Count, old.Held),
            [.. held],
            data.Beacons[(int)old.BeaconEpoch].Beacon,
            64,
            checks.ToDictionary(check => check.Receipt, check => check.OutputHash)).Value;
        var payments = verdict.Payments.Select(p => new HeldPaymentLine(
            p.Kind, p.Kind == HeldFeeKind.Forfeit ? AccountId.Treasury : AccountId.Person(p.To), p.Amount, p.Receipt));
        line = old with { Checks = checks, Wrong = wrong, Payments = [.. payments] };
        return Replaced(data, old, line);
    }

    private static ExportData Replaced(ExportData data, HostEpochLine old, HostEpochLine line) =>
        data with { HostEpochs = data.HostEpochs.Replace(old, line) };

    private static List<string> Found(ExportData data)
    {
        var findings = new Findings();
        HostEpochsCheck.Check(data, findings);
        return [.. findings.Kept.Select(finding => finding.Field)];
    }
}
