using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;

namespace Gaib.Storage.Tests.Local;

/// <summary>What is persisted or sent between grains comes back as it was, also through its base type.</summary>
public sealed class SerializationTests
{
    private static readonly Hash32 Hash = Keccak.HashUtf8("a");
    private static readonly Address Account = Address.FromHash(Hash);

    [Fact]
    public void RoundTrip_ModelState_IsTheSame()
    {
        var record = new ModelRecord(Hash, Account, Hash, [Hash], [Hash, Hash32.Zero], [new ParentShare(Hash, 5)], Hash, Hash);
        var model = ModelRule.Evolve(null, ModelRule.Register(record).Value);
        var inputs = new ShareIssueInputs(Hash, Account, [], [new AccountWeight(Account, 1)], [], [new AccountWeight(Account, 9)]);
        model = ModelRule.Evolve(model, ModelRule.Issue(model, inputs, new Parameters().ClassUnits).Value);
        model = ModelRule.Evolve(model, ModelRule.Decide(model, new SetPrice(Account, Hash, 10, 3, 1, 1), 1).Value);
        var receipt = new Receipt(Hash, 1, Hash, model.Prices[0].Id, 4, 40, Hash, Account, Hash, Hash, Hash, -8, Hash32.Zero);
        model = ModelRule.Evolve(model, ModelRule.TakeFee(model, receipt, 30_001).Value);

        var copy = Copy(model);

        Assert.Equal(record.Hash(), copy.Record.Hash());
        Assert.Equal(model.Issue!.People, copy.Issue!.People);
        Assert.Equal(model.Issue.Pools, copy.Issue.Pools);
        Assert.Equal(model.Issue.Stakes, copy.Issue.Stakes);
        Assert.Equal(model.Prices, copy.Prices);
        Assert.Equal(200_040UL, copy.FeeRemainder);
        Assert.Equal(receipt, Copy(receipt));
    }

    [Fact]
    public void RoundTrip_EventsThroughTheirBaseType_KeepTheirType()
    {
        SessionEvent opened = new SessionOpened(Hash, Hash, Account, Account, UInt128.MaxValue, 6, long.MinValue);
        SessionEvent ended = new SessionEnded(SessionPhase.Expired, 8);
        ModelEvent priced = new PriceSet(PriceRecord.Of(Hash, 2, 3, 4));

        Assert.Equal(opened, Copy(opened));
        Assert.Equal(ended, Copy(ended));
        Assert.Equal(priced, Copy(priced));
    }

    [Fact]
    public void RoundTrip_Commands_HashTheSame()
    {
        TypedMessage[] commands =
        [
            new SetPrice(Account, Hash, 3, 4, 5, 6), new OpenSession(Account, Hash, Account, 4, 5, 6, 7, 8), new Acknowledge(Hash, 2, Hash),
            new CloseSession(Account, Hash, 2, 3), new Stake(Account, 2, 3, 4), new Unstake(Account, 2, 3, 4),
        ];

        foreach (var command in commands)
        {
            var copy = (TypedMessage)Copy<object>(command);
            Assert.Equal(command, copy);
            Assert.Equal(command.StructHash(), copy.StructHash());
        }
    }

    [Fact]
    public void RoundTrip_GovernanceState_IsTheSame()
    {
        var stakes = new StakeState(ImmutableSortedDictionary<Address, UInt128>.Empty.Add(Account, 3).Add(Address.Zero, 4), 7);
        var history = ParameterHistory.Start(new Parameters { EpochMs = 5_000, StakeMin = UInt128.One << 60 });
        var genesis = new Genesis("n", 1, Account, 3, [new(Account, 5)], Hash, [new("c", 7, 8, 8, 9)], [Account], 1, history.At(0));

        Assert.Equal(stakes.Weights, Copy(stakes).Weights);
        Assert.Equal(history.Changes, Copy(history).Changes);
        Assert.Equal(genesis.Hash(), Copy(genesis).Hash());
    }

    [Fact]
    public void RoundTrip_Verdict_IsTheSame()
    {
        var held = new HeldReceipt(Hash, Account, 5, 4, Hash);
        var commitment = HostEpochCommitment.Of(Account, 3, [held]);
        var verdict = HostEpochRule.Decide(commitment, [held], Hash, 1, new Dictionary<Hash32, Hash32> { [Hash] = Hash32.Zero }).Value;

        var copy = Copy(verdict);

        Assert.Equal(held, Copy(held));
        Assert.Equal(commitment, copy.Commitment);
        Assert.Equal(verdict.Payments, copy.Payments);
        Assert.Equal((verdict.Drawn[0], verdict.Wrong[0]), (copy.Drawn[0], copy.Wrong[0]));
    }

    private static T Copy<T>(T value) =>
        LocalFolder.Serializer.Deserialize<T>(LocalFolder.Serializer.SerializeToArray(value))!;
}
