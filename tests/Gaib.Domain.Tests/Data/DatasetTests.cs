using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class DatasetTests
{
    private static readonly Hash32 Id = Keccak.HashUtf8("dataset");
    private static readonly Hash32 Root = Keccak.HashUtf8("root");
    private static readonly Address Alice = Address.FromHash(Keccak.HashUtf8("alice"));
    private static readonly Address Bob = Address.FromHash(Keccak.HashUtf8("bob"));
    private static readonly Manifest Signed = new(Alice, Keccak.HashUtf8("job"), Root, 10, 710, "CC-BY-4.0", 5000, 1, 2000);
    private static readonly CommitDataset Commit = new(Signed, 3, Root, 10, 710);
    private static readonly ValueDataset Value = new(Keccak.HashUtf8("header"), 9, 12345, 678);
    private static readonly DataRightWithdrawal Withdrawal = new(Alice, Id, 2, 4000);

    private static readonly Dataset Committed = Dataset.Evolve(new Dataset(Id), new DatasetCommitted(Signed, 3, 1000));
    private static readonly Dataset Valued = Dataset.Evolve(Committed, new DatasetValued(Value));

    [Fact]
    public void Manifest_TypeString_IsTheDocumentedOne() =>
        Assert.Equal(
            "Manifest(address contributor,bytes32 job,bytes32 root,uint64 chunks,uint64 bytes,string licence,int64 validUntil,uint128 nonce,int64 deadline)",
            Signed.TypeString);

    [Fact]
    public void Manifest_StructHash_IsHashOfItsWords() =>
        Assert.Equal(
            new AbiWriter(10).Utf8(Signed.TypeString).Address(Alice).Hash(Signed.Job).Hash(Root).UInt(10).UInt(710).Utf8("CC-BY-4.0")
                .Int(5000).UInt(1).Int(2000).Hash(),
            Signed.StructHash());

    [Fact]
    public void DataRightWithdrawal_TypeString_IsTheDocumentedOne() =>
        Assert.Equal(
            "DataRightWithdrawal(address contributor,bytes32 dataset,uint128 nonce,int64 deadline)",
            Withdrawal.TypeString);

    [Fact]
    public void Decide_WholeLife_MovesThroughThePhases()
    {
        var dataset = Step(new Dataset(Id), Commit, 1000);
        Assert.Equal((DatasetPhase.Committed, 3UL, 1000L, Signed), (dataset.Phase, dataset.Order, dataset.CommittedAt, dataset.Manifest));
        dataset = Step(dataset, Value, 1500);
        Assert.Equal((DatasetPhase.Valued, Value), (dataset.Phase, dataset.Value));
        Assert.Equal(Value, Dataset.Use(dataset, 4999).Value);
        Assert.Equal(DatasetPhase.Withdrawn, Step(dataset, new WithdrawDataset(Withdrawal), 1600).Phase);
        Assert.Equal(DatasetPhase.Expired, Step(dataset, new ExpireDataset(), 5000).Phase);
    }

    public static TheoryData<CommitDataset, long, Rejection> RefusedCommits => new()
    {
        { Commit, 2001, new Rejection(Reason.DeadlinePassed, 2000, 2001) },
        { Commit with { Manifest = Signed with { Chunks = 0 } }, 1000, new Rejection(Reason.ContributionEmpty) },
        { Commit with { Manifest = Signed with { ValidUntil = 1000 } }, 1000, new Rejection(Reason.DataRightExpired, 1000, 1000) },
        { Commit with { Chunks = 9 }, 1000, new Rejection(Reason.LeafMismatch, 10, 9, "chunks") },
        { Commit with { Bytes = 711 }, 1000, new Rejection(Reason.LeafMismatch, 710, 711, "bytes") },
        { Commit with { Root = Id }, 1000, new Rejection(Reason.LeafMismatch, 0, 0, "root") },
    };

    [Theory]
    [MemberData(nameof(RefusedCommits))]
    public void Decide_WrongCommit_IsRefusedWithTheNumbers(CommitDataset commit, long now, Rejection expected) =>
        Assert.Equal(expected, Dataset.Decide(new Dataset(Id), commit, now).Rejection);

    [Fact]
    public void Decide_CommitAtTheDeadline_IsAccepted() => Assert.True(Dataset.Decide(new Dataset(Id), Commit, 2000).Accepted);

    [Fact]
    public void Decide_ValueAfterTheRightEnded_IsRefused() =>
        Assert.Equal(new Rejection(Reason.DataRightExpired, 5000, 5000), Dataset.Decide(Committed, Value, 5000).Rejection);

    [Fact]
    public void Decide_ValueAdmitsMoreThanCommitted_IsRefused() =>
        Assert.Equal(
            new Rejection(Reason.FieldOutOfRange, 10, 11, "admitted"),
            Dataset.Decide(Committed, Value with { Admitted = 11 }, 1000).Rejection);

    public static TheoryData<DataRightWithdrawal, long, Reason> RefusedWithdrawals => new()
    {
        { Withdrawal with { Dataset = Root }, 1000, Reason.FieldOutOfRange },
        { Withdrawal with { Contributor = Bob }, 1000, Reason.SignerNotAuthorised },
        { Withdrawal, 4001, Reason.DeadlinePassed },
    };

    [Theory]
    [MemberData(nameof(RefusedWithdrawals))]
    public void Decide_WrongWithdrawal_IsRefused(DataRightWithdrawal withdrawal, long now, Reason expected) =>
        Assert.Equal(expected, Dataset.Decide(Valued, new WithdrawDataset(withdrawal), now).Rejection?.Reason);

    [Fact]
    public void Decide_ExpireBeforeTheEnd_IsRefused() =>
        Assert.Equal(new Rejection(Reason.WrongState, 5000, 4999, "validUntil"), Dataset.Decide(Valued, new ExpireDataset(), 4999).Rejection);

    [Fact]
    public void Use_EndedOrWithdrawn_IsRefused()
    {
        Assert.Equal(Reason.WrongState, Dataset.Use(new Dataset(Id), 1000).Rejection?.Reason);
        Assert.Equal(Reason.WrongState, Dataset.Use(Committed, 1000).Rejection?.Reason);
        Assert.Equal(new Rejection(Reason.DataRightExpired, 5000, 5000), Dataset.Use(Valued, 5000).Rejection);
        var withdrawn = Step(Valued, new WithdrawDataset(Withdrawal), 1600);
        Assert.Equal(Reason.DataRightExpired, Dataset.Use(withdrawn, 1700).Rejection?.Reason);
    }

    [Fact]
    public void Decide_RandomCommands_NeverMovesAPhaseBack()
    {
        DatasetCommand[] commands = [Commit, Value, new WithdrawDataset(Withdrawal), new ExpireDataset()];
        var reached = new HashSet<DatasetPhase>();
        Gen.Select(Gen.Int[0, 3], Gen.Long[0, 6000]).Array[0, 12].Sample(
            steps =>
            {
                var dataset = new Dataset(Id);
                foreach (var (command, now) in steps)
                {
                    var outcome = Dataset.Decide(dataset, commands[command], now);
                    var next = outcome.Accepted ? Dataset.Evolve(dataset, outcome.Value) : dataset;
                    Assert.True(next.Phase >= dataset.Phase);
                    Assert.True(!outcome.Accepted || next.Phase > dataset.Phase);
                    dataset = next;
                    reached.Add(dataset.Phase);
                }
            },
            threads: 1);
        Assert.Equal(5, reached.Count);
    }

    private static Dataset Step(Dataset dataset, DatasetCommand command, long now) =>
        Dataset.Evolve(dataset, Dataset.Decide(dataset, command, now).Value);
}
