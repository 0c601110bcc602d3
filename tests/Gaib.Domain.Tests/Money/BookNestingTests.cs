using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>Pools that hold shares of pools: income goes down in the order in which it was earned, and no knot can be tied.</summary>
public sealed class BookNestingTests
{
    [Fact]
    public void Collect_ThroughThreeLevels_PaysExactlyWhatIsOwed()
    {
        var world = Chain(3);
        world.Issue(Alice, 3);
        world.Send(Issue(0, PoolOf(1), 1));
        world.Send(Issue(1, PoolOf(2), 1));
        world.Send(Issue(1, Bob, 1));
        world.Send(Issue(2, Carol, 8));
        world.Fund(Alice, 800).Send(Move(Alice, Pool, 800));
        Assert.Equal(new TransferAnswer(Reason.None, 100), world.Send(Collect(PoolOf(2), Carol)));
        Assert.Equal(new TransferAnswer(Reason.None, 100), world.Send(Collect(PoolOf(1), Bob)));
        Assert.Equal(new TransferAnswer(Reason.None, 600), world.Send(Collect(Pool, Alice)));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(0, world.Of(PoolOf(i))));
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
        Assert.Equal(Image(world.Book), Image(Book.Thaw(world.Book.Freeze().Parts())));
    }

    /// <summary>Of several branches the longest counts, whichever came first.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Share_OfAPoolWithAShortAndALongBranch_IsRefusedByTheLongOne(bool isLongFirst)
    {
        var most = 0;
        for (var world = Chain(40); world.Send(Issue(most, PoolOf(most + 1), 1)).Applied; most++)
        {
            // As deep as it goes.
        }

        var (end, alone, next) = (most, most + 1, most + 2);
        var above = Chain(most + 3);
        for (var i = 0; i < most - 1; i++)
        {
            Assert.True(above.Send(Issue(i, PoolOf(i + 1), 1)).Applied);
        }

        Assert.True(above.Send(Issue(isLongFirst ? end - 1 : alone, PoolOf(end), 1)).Applied);
        Assert.True(above.Send(Issue(isLongFirst ? alone : end - 1, PoolOf(end), 1)).Applied);
        Assert.Equal(Reason.PoolCycle, above.Send(Issue(end, PoolOf(next), 1)).Result);

        var below = Chain(most + 3);
        for (var i = 1; i < most; i++)
        {
            Assert.True(below.Send(Issue(i, PoolOf(i + 1), 1)).Applied);
        }

        Assert.True(below.Send(Issue(0, PoolOf(isLongFirst ? 1 : alone), 1)).Applied);
        Assert.True(below.Send(Issue(0, PoolOf(isLongFirst ? alone : 1), 1)).Applied);
        Assert.Equal(Reason.PoolCycle, below.Send(Issue(next, PoolOf(0), 1)).Result);
    }

    [Fact]
    public void Collect_PulledByTheBook_BearsTheModelAndItsOwnIds()
    {
        var world = Chain(2);
        world.Send(Issue(0, PoolOf(1), 1));
        world.Send(Issue(1, Bob, 1));
        world.Fund(Alice, 90).Send(Move(Alice, Pool, 90));
        world.Send(Collect(PoolOf(1), Bob));
        var rows = BookRow.Read(world.Journal[^1].Payload).Cast<TransferRow>().Select(row => row.Transfer).ToList();
        Assert.Equal([(Pool, PoolOf(1)), (PoolOf(1), Bob)], rows.Select(t => (t.Debit, t.Credit)));
        Assert.Equal((Transfer.IdOf(2, 1), Id(0), (UInt128)90, TransferFlags.Collect), (rows[0].Id, rows[0].Cause, rows[0].Amount, rows[0].Flags));
    }

    [Fact]
    public void Collects_OfARequest_PayEveryLevelAndFindNothingTheSecondTime()
    {
        var world = Chain(2);
        world.Send(Issue(0, PoolOf(1), 1));
        world.Send(Issue(1, Bob, 1));
        world.Fund(Alice, 90).Send(Move(Alice, Pool, 90));
        var request = new BookRequest
        {
            Writer = world.Writer,
            Collects = [new(Alice, Bob), new(PoolOf(1), default), new(PoolOf(1), Alice), new(PoolOf(1), Bob)],
        };
        var before = world.Book.Sequence;
        Assert.True(world.Apply(request).Applied);
        Assert.Equal((90, before + 2), ((int)world.Of(Bob), world.Book.Sequence));
        Assert.True(world.Apply(request).Applied);
        Assert.Equal((90, before + 2), ((int)world.Of(Bob), world.Book.Sequence));
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Fact]
    public void Collects_OfARefusedCommand_ArePaidByNobody()
    {
        var world = Chain(1);
        world.Send(Issue(0, Bob, 1));
        world.Fund(Alice, 90).Send(Move(Alice, Pool, 90));
        var before = Image(world.Book);
        var request = new BookRequest { Command = Command(Bob, 1, 5_000), Collects = [new(Pool, Bob)], Transfers = [Move(Bob, Alice, 91)] };
        Assert.Equal(new Rejection(Reason.InsufficientFunds, 90, 91, Bob.ToString()), world.Apply(request).Result);
        Assert.Equal(before, Image(world.Book));

        // What was just collected can be spent by the same command.
        Assert.True(world.Apply(request with { Transfers = [Move(Bob, Alice, 89)] }).Applied);
        Assert.Equal(1, world.Of(Bob));
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SharesOfANestedPool_IssuedAfterIncome_EarnNothingOfIt(bool reserved)
    {
        var world = Chain(2);
        world.Send(Issue(0, PoolOf(1), 1));
        world.Send(Issue(1, Bob, 1));
        var reserve = world.Next(Issue(1, Carol, 1) with { Phase = TransferPhase.Reserve });
        Assert.True(!reserved || world.SendAs(reserve).Applied);

        // The income waits in the parent when Carol's shares come; it was earned by Bob alone.
        world.Fund(Alice, 100).Send(Move(Alice, Pool, 100));
        Assert.True(world.Send(reserved ? Resolve(reserve, TransferPhase.Post, 1) : Issue(1, Carol, 1)).Applied);
        Assert.Equal((UInt128)100, world.Send(Collect(PoolOf(1), Bob)).Amount);
        Assert.Equal(Reason.AmountZero, world.Send(Collect(PoolOf(1), Carol)).Result);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Fact]
    public void Cycle_OfAnyLength_IsRefused()
    {
        var world = Chain(4);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(world.Send(Issue(i, PoolOf(i + 1), 1)).Applied);
        }

        for (var i = 0; i < 4; i++)
        {
            for (var above = 0; above <= i; above++)
            {
                Assert.Equal(Reason.PoolCycle, world.Send(Issue(i, PoolOf(above), 1)).Result);
            }
        }

        Assert.True(world.Send(Issue(0, PoolOf(3), 1)).Applied);
    }

    [Fact]
    public void Cycle_ClosedByAPost_IsRefused()
    {
        var world = Chain(2);
        var reserve = world.Next(Issue(0, PoolOf(1), 1) with { Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(reserve).Applied);
        Assert.True(world.Send(Issue(1, Pool, 1)).Applied);
        Assert.Equal(Reason.PoolCycle, world.Send(Resolve(reserve, TransferPhase.Post, 1)).Result);
        Assert.True(world.Send(Resolve(reserve, TransferPhase.Void, 0)).Applied);
    }

    [Fact]
    public void Nesting_EightLevels_PaysAndNineAreRefusedFromEitherEnd()
    {
        var world = Chain(20);
        foreach (var first in new[] { 0, 10 })
        {
            // Built from the top or from the bottom, the ninth step is one too many.
            var steps = Enumerable.Range(first, 9).ToArray();
            foreach (var (i, at) in (first == 0 ? steps : [.. steps.Reverse()]).Select((i, at) => (i, at)))
            {
                Assert.Equal(at < 8 ? Reason.None : Reason.PoolCycle, world.Send(Issue(i, PoolOf(i + 1), 1)).Result);
            }
        }

        // In the middle it is the sum that counts: four levels above, four below and the step between them are nine.
        var middle = Chain(10);
        foreach (var i in new[] { 0, 1, 2, 3, 5, 6, 7, 8 })
        {
            Assert.True(middle.Send(Issue(i, PoolOf(i + 1), 1)).Applied);
        }

        Assert.Equal(Reason.PoolCycle, middle.Send(Issue(4, PoolOf(5), 1)).Result);
        Assert.True(middle.Send(Issue(4, PoolOf(6), 1)).Applied);
        world.Send(Issue(8, Bob, 1));
        world.Fund(Alice, 77).Send(Move(Alice, Pool, 77));
        Assert.Equal((UInt128)77, world.Send(Collect(PoolOf(8), Bob)).Amount);
    }

    [Fact]
    public void Nesting_OfAChainThatWasTakenBack_IsForgotten()
    {
        var world = Chain(2);
        var answers = world.SendAll(Issue(0, PoolOf(1), 1) with { Flags = TransferFlags.Linked }, Move(Alice, Bob, 1));
        Assert.Equal([Reason.LinkedFailed, Reason.InsufficientFunds], answers.Select(a => a.Result));
        Assert.Equal(Reason.InsufficientFunds, world.Submit(Command(Alice, 1, 5_000), Issue(0, PoolOf(1), 1), Move(Alice, Bob, 1)).Result!.Reason);
        Assert.True(world.Send(Issue(1, Pool, 1)).Applied);
        Assert.Equal(Reason.PoolCycle, world.Send(Issue(0, PoolOf(1), 1)).Result);
    }

    [Fact]
    public void TwoParents_OfOnePool_AreBothPulled()
    {
        var world = Chain(3);
        world.Send(Issue(0, PoolOf(2), 1));
        world.Send(Issue(0, PoolOf(2), 1));
        world.Send(Issue(1, PoolOf(2), 1));
        world.Send(Issue(2, Bob, 1));
        world.Fund(Alice, 100).Send(Move(Alice, Pool, 40));
        world.Send(Move(Alice, PoolOf(1), 60));
        Assert.Equal((UInt128)100, world.Send(Collect(PoolOf(2), Bob)).Amount);
    }

    [Fact]
    public void Pull_IntoAFullPool_LeavesTheIncomeWithTheParent()
    {
        var world = Chain(2);
        world.Send(Issue(0, PoolOf(1), 1));
        world.Send(Issue(1, Bob, 1));
        world.Fund(Alice, UInt128.One << 64).Send(Move(Alice, PoolOf(1), (UInt128.One << 63) - 5));
        world.Send(Move(Alice, Pool, 10));
        Assert.Equal((UInt128.One << 63) - 5, world.Send(Collect(PoolOf(1), Bob)).Amount);
        Assert.Equal(10, world.Of(Pool));
        Assert.Equal(Reason.PoolFull, world.Send(Collect(Pool, PoolOf(1))).Result);
    }

    private static Hash32 Id(int i) => i == 0 ? Model : Keccak.HashUtf8($"pool {i}");

    private static AccountId PoolOf(int i) => AccountId.Of(AccountKind.Pool, Id(i));

    private static Transfer Issue(int asset, AccountId to, UInt128 units) =>
        Move(AccountId.Issuance, to, units) with { Asset = AssetId.Of(Id(asset)) };

    private static Transfer Collect(AccountId pool, AccountId member) =>
        new() { Debit = pool, Credit = member, Flags = TransferFlags.Collect };

    /// <summary>A book with so many assets and pools; the first is the model's.</summary>
    private static BookWorld Chain(int pools)
    {
        var world = new BookWorld();
        var assets = Enumerable.Range(0, pools).Select(i => new AssetRecord(AssetId.Of(Id(i)), PoolOf(i), false, Id(i)));
        Assert.Null(world.Apply(new BookRequest { Writer = world.Writer, Assets = [.. assets] }).Result);
        return world;
    }
}
