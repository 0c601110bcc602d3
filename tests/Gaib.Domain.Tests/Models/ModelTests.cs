using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Models;

public sealed class ModelTests
{
    [Fact]
    public void SetPrice_ByTheDeveloper_IsInForceFromItsSequence()
    {
        var model = Priced(10, 3, fromSequence: 5);
        model = ModelRule.Evolve(model, ModelRule.Decide(model, new SetPrice(Developer, ModelId, 20, 0, 2, 1), 9).Value);

        Assert.Null(model.PriceAt(4));
        Assert.Equal((UInt128)10, model.PriceAt(5)!.UnitPrice);
        Assert.Equal((UInt128)10, model.PriceAt(8)!.UnitPrice);
        Assert.Equal((UInt128)20, model.PriceAt(9)!.UnitPrice);
        Assert.Equal((UInt128)20, model.PriceAt(ulong.MaxValue)!.UnitPrice);
    }

    [Fact]
    public void SetPrice_NotAllowed_IsRefusedWithItsReason()
    {
        var model = Priced(10, 3, fromSequence: 5);
        var good = new SetPrice(Developer, ModelId, 20, 0, 2, 1);

        Assert.Equal(Reason.SignerNotAuthorised, ModelRule.Decide(model, good with { Account = Account(1) }, 9).Rejection?.Reason);
        Assert.Equal(Reason.NotFound, ModelRule.Decide(model, good with { Model = Hash(1) }, 9).Rejection?.Reason);
        Assert.Equal(
            new Rejection(Reason.PriceInvalid, 18, 19, "hostUnitFee"), ModelRule.Decide(model, good with { HostUnitFee = 19 }, 9).Rejection);
        Assert.Equal(
            new Rejection(Reason.FieldOutOfRange, 6, 5, "fromSequence"), ModelRule.Decide(model, good, 5).Rejection);
    }

    [Fact]
    public void Issue_Twice_IsRefused()
    {
        var model = Registered();
        var classes = new ClassUnits(0, 0, ClassUnits.Total, 0);
        var issued = ModelRule.Evolve(model, ModelRule.Issue(model, Inputs(), classes).Value);

        Assert.Equal(new Rejection(Reason.WrongState, Subject: "issue"), ModelRule.Issue(issued, Inputs(), classes).Rejection);
    }

    [Fact]
    public void Issue_ParentsAndDeveloper_ComeFromTheLineage()
    {
        var model = Registered(new ParentShare(Hash(9), 500_000));
        var inputs = Inputs() with { Developer = Account(1), Model = Hash(1) };

        var issue = Assert.IsType<SharesIssued>(ModelRule.Issue(model, inputs, new ClassUnits(0, 0, ClassUnits.Total, 0)).Value);

        Assert.Equal(ModelId, issue.Model);
        Assert.Equal(new ShareRow(ShareClass.Developer, Developer, 500_000_000), Assert.Single(issue.People));
        Assert.Equal(new PoolShareRow(ShareClass.Parents, Hash(9), 500_000_000), Assert.Single(issue.Pools));
    }

    [Fact]
    public void Register_NoWeightsOrTooManyParents_IsRefused()
    {
        Assert.Equal(Reason.FieldOutOfRange, ModelRule.Register(Record() with { WeightsHash = Hash32.Zero }).Rejection?.Reason);
        Assert.Equal(Reason.FieldOutOfRange, ModelRule.Register(Record(new ParentShare(Hash(1), 999_999), new ParentShare(Hash(2), 1))).Rejection?.Reason);
    }

    [Fact]
    public void TakeFee_UsesThePriceThatTheReceiptNames()
    {
        var model = Priced(10, 3);
        var old = model.Prices[0];
        model = ModelRule.Evolve(model, ModelRule.Decide(model, new SetPrice(Developer, ModelId, 1_000, 0, 2, 1), 9).Value);
        var receipt = new Receipt(Hash(1), 1, ModelId, old.Id, 4, 40, Hash(2), Account(3), Hash(5), Hash(6), Hash(7), 8, Hash32.Zero);

        var taken = Assert.IsType<FeeTaken>(ModelRule.TakeFee(model, receipt, 30_000).Value);

        Assert.Equal(new FeeSplit(40, 1, 12, 27, 200_000), taken.Split);
        Assert.Equal(200_000UL, ModelRule.Evolve(model, taken).FeeRemainder);
        Assert.Equal(Reason.NotFound, ModelRule.TakeFee(model, receipt with { Price = Hash(1) }, 30_000).Rejection?.Reason);
    }

    [Fact]
    public void Evolve_EventOutOfPlace_Throws()
    {
        var model = Registered();
        Assert.Throws<InvalidOperationException>(() => ModelRule.Evolve(model, new ModelRegistered(Record())));
        Assert.Throws<InvalidOperationException>(() => ModelRule.Evolve(null, new PriceSet(PriceRecord.Of(ModelId, 1, 0, 1))));
    }

    [Fact]
    public void RecordHash_AnyField_ChangesIt()
    {
        var record = Record(new ParentShare(Hash(9), 5));
        Hash32[] hashes =
        [
            record.Hash(),
            (record with { Id = Hash(100) }).Hash(),
            (record with { Developer = Account(100) }).Hash(),
            (record with { Job = Hash(100) }).Hash(),
            (record with { Runs = [Hash(2)] }).Hash(),
            (record with { Runs = [Hash(2), Hash(3), Hash(4)], Datasets = [] }).Hash(),
            (record with { Datasets = [Hash(100)] }).Hash(),
            (record with { Parents = [new ParentShare(Hash(9), 6)] }).Hash(),
            (record with { Parents = [new ParentShare(Hash(8), 5)] }).Hash(),
            (record with { WeightsHash = Hash(100) }).Hash(),
            (record with { SettingsHash = Hash(100) }).Hash(),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }
}
