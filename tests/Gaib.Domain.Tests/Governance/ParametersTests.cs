using Gaib.Domain.Governance;
using Gaib.Domain.Models;

namespace Gaib.Domain.Tests.Governance;

public sealed class ParametersTests
{
    private static readonly Parameters First = new();

    [Fact]
    public void At_EverySequence_GivesWhatWasInForce()
    {
        var history = ParameterHistory.Start(First);
        history = history.Evolve(history.Decide(First with { ProtocolFeePpm = 1 }, 10).Value);
        history = history.Evolve(history.Decide(First with { ProtocolFeePpm = 2 }, 20).Value);

        Assert.Equal(
            [25_000U, 25_000U, 1U, 1U, 2U, 2U],
            new ulong[] { 0, 9, 10, 19, 20, ulong.MaxValue }.Select(sequence => history.At(sequence).ProtocolFeePpm));
    }

    [Fact]
    public void Decide_NotLater_IsRefusedWithTheNumbers()
    {
        var history = ParameterHistory.Start(First);

        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 1, 0, "fromSequence"), history.Decide(First, 0).Rejection);
        history = history.Evolve(history.Decide(First, 5).Value);
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 6, 5, "fromSequence"), history.Decide(First, 5).Rejection);
    }

    [Fact]
    public void Check_OutOfRange_NamesTheField()
    {
        Assert.Null(First.Check());
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 100_000, 100_001, "protocolFeePpm"), (First with { ProtocolFeePpm = 100_001 }).Check());
        Assert.Equal("leaseFeePpm", (First with { LeaseFeePpm = 500_001 }).Check()?.Subject);
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 1, 0, "valuationK"), (First with { ValuationK = 0 }).Check());
        Assert.Equal("valuationR", (First with { ValuationR = 10_001 }).Check()?.Subject);
        Assert.Equal("releaseWindowRounds", (First with { ReleaseWindowRounds = 10_001 }).Check()?.Subject);
        Assert.Equal("receiptSampleOneIn", (First with { ReceiptSampleOneIn = 0 }).Check()?.Subject);
        Assert.Equal("receiptSampleOneIn", (First with { ReceiptSampleOneIn = 63 }).Check()?.Subject);
        Assert.Null((First with { ReceiptSampleOneIn = 1 }).Check());
        Assert.Equal("checkSharePpm", (First with { CheckSharePpm = 200_001 }).Check()?.Subject);
        Assert.Equal("stakeMin", (First with { StakeMin = 0 }).Check()?.Subject);
        Assert.Equal("epochMs", (First with { EpochMs = 999 }).Check()?.Subject);
        Assert.Equal("classUnits", (First with { ClassUnits = new ClassUnits(1, 1, 1, 1) }).Check()?.Subject);
    }

    [Fact]
    public void Start_OutOfRange_Throws() =>
        Assert.Throws<ArgumentException>(() => ParameterHistory.Start(First with { EpochMs = 0 }));

    [Fact]
    public void Fields_EveryMember_IsListedOnce()
    {
        // A member that is missing in the list would be outside the hash. ClassUnits is listed by its four parts.
        var members = typeof(Parameters).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var listed = First.Fields.Select(f => f.Name.Split('.')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.Equal(members.Order(), listed.Order(), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(members.Count + 3, First.Fields.Length);
        Assert.Equal(First.Fields.Length, First.Fields.Select(f => f.Name).Distinct().Count());
    }
}
