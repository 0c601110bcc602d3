using System.Numerics;
using CsCheck;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;
using Gaib.Domain.Tests.Compute;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>The edges of amounts and totals, held against big integers.</summary>
public sealed class BookAmountTests
{
    private static readonly UInt128 Most = (UInt128.One << 126) - 1;

    private static readonly UInt128[] Edges =
    [
        0, 1, (UInt128)long.MaxValue, UInt128.One << 63, UInt128.One << 64, Most / 2, Most - 1, Most, Most + 1, UInt128.One << 127, UInt128.MaxValue,
    ];

    private static readonly AccountId[] Accounts = [AccountId.Issuance, Alice, Bob, Carol];

    public static TheoryData<string> Amounts => [.. Edges.Select(edge => edge.ToString((IFormatProvider?)null))];

    [Theory]
    [MemberData(nameof(Amounts))]
    public void Single_OfAnEdge_MovesExactlyOrIsRefused(string text)
    {
        var amount = UInt128.Parse(text, null);
        var reason = amount == 0 ? Reason.AmountZero : amount > Most ? Reason.Overflow : Reason.None;
        var moved = reason == Reason.None ? amount : 0;
        var world = new BookWorld();
        Assert.Equal(new TransferAnswer(reason, moved), world.Send(Move(AccountId.Issuance, Alice, amount)));
        Assert.Equal(new TransferAnswer(reason, moved), world.Send(Move(Alice, Bob, amount)));
        Assert.Equal(new TransferAnswer(reason, moved), world.Send(Move(Bob, Carol, amount) with { Phase = TransferPhase.Reserve }));
        Assert.Equal(new Balance(moved, 0, 0, 0), world.Book.BalanceOf(AccountId.Issuance, AssetId.Gaib));
        Assert.Equal(new Balance(moved, moved, 0, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
        Assert.Equal(new Balance(0, moved, moved, 0), world.Book.BalanceOf(Bob, AssetId.Gaib));
        Assert.Equal(new Balance(0, 0, 0, moved), world.Book.BalanceOf(Carol, AssetId.Gaib));
        Assert.Equal(-(Int128)moved, world.Of(AccountId.Issuance));
    }

    [Fact]
    public void Transfers_OfEdges_AnswerAsBigIntegersDo()
    {
        var seen = new Dictionary<Reason, int>();
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, Edges.Length - 1]).Array[1, 40].Sample(
            steps =>
            {
                var (world, totals) = (new BookWorld(), new (BigInteger In, BigInteger Out)[4]);
                foreach (var (from, to, edge) in steps)
                {
                    var expected = Reference(totals, from, to, Edges[edge]);
                    seen[expected] = seen.GetValueOrDefault(expected) + 1;
                    Assert.Equal(expected, world.Send(Move(Accounts[from], Accounts[to], Edges[edge])).Result);
                }

                for (var i = 0; i < 4; i++)
                {
                    var balance = world.Book.BalanceOf(Accounts[i], AssetId.Gaib);
                    Assert.Equal(totals[i], (balance.CreditsPosted, balance.DebitsPosted));
                    Assert.Equal(totals[i].In - totals[i].Out, balance.Posted);
                }
            },
            iter: Campaign.Size(400, 20_000),
            threads: 1);
        foreach (var reason in new[] { Reason.None, Reason.SameAccount, Reason.AmountZero, Reason.Overflow, Reason.InsufficientFunds })
        {
            Assert.True(seen.GetValueOrDefault(reason) > Campaign.Size(50, 50), $"{reason} was met {seen.GetValueOrDefault(reason)} times");
        }
    }

    [Fact]
    public void Totals_AtTheirCap_RefuseOneMoreAndKeepNoTrace()
    {
        var world = new BookWorld().Fund(Alice, Most);
        AssertNoTrace(world, Reason.Overflow, Move(AccountId.Issuance, Bob, 1));
        Assert.True(world.Send(Move(Alice, Bob, Most)).Applied);
        Assert.True(world.Send(Move(Bob, AccountId.Treasury, Most)).Applied);

        // Bob may neither receive nor pay any more, whatever he holds: his totals are full.
        AssertNoTrace(world, Reason.Overflow, Move(AccountId.Treasury, Bob, 1));
        AssertNoTrace(world, Reason.Overflow, Move(AccountId.Treasury, Bob, 1) with { Phase = TransferPhase.Reserve });
        Assert.True(world.Send(Move(AccountId.Treasury, Carol, 1) with { Phase = TransferPhase.Reserve }).Applied);
        Assert.True(world.Send(Move(AccountId.Treasury, Carol, Most - 1)).Applied);
        AssertNoTrace(world, Reason.InsufficientFunds, Move(AccountId.Treasury, Carol, 1));
    }

    [Fact]
    public void Totals_WithReservations_CountThemAsIfTheyWerePosted()
    {
        var world = new BookWorld().Fund(Alice, Most);
        var reserve = world.Next(Move(Alice, Bob, 3) with { Phase = TransferPhase.Reserve });
        Assert.True(world.SubmitAs(world.Next(Move(Alice, Bob, Most - 5)), reserve).Applied);
        Assert.True(world.Send(Move(Bob, Carol, 10)).Applied);
        AssertNoTrace(world, Reason.Overflow, Move(Carol, Bob, 3));
        AssertNoTrace(world, Reason.Overflow, Move(Carol, Bob, 3) with { Phase = TransferPhase.Reserve });
        Assert.True(world.Send(Move(Carol, Bob, 2)).Applied);
        AssertNoTrace(world, Reason.Overflow, Move(Carol, Bob, 1));

        // Once it is freed there is room again.
        Assert.True(world.Send(Resolve(reserve, TransferPhase.Void, 0)).Applied);
        Assert.True(world.Send(Move(Carol, Bob, 3)).Applied);
    }

    [Fact]
    public void Debits_AtTheirCap_RefuseOneMoreThoughFundsAreThere()
    {
        var world = new BookWorld().Fund(Alice, Most);
        Assert.True(world.Send(Move(Alice, Bob, Most)).Applied);
        Assert.True(world.Send(Move(Bob, Carol, Most - 1)).Applied);
        Assert.True(world.Send(Move(Bob, AccountId.Issuance, 1)).Applied);
        AssertNoTrace(world, Reason.Overflow, Move(AccountId.Issuance, AccountId.Treasury, 1));
        AssertNoTrace(world, Reason.Overflow, Move(AccountId.Issuance, AccountId.Treasury, 1) with { Phase = TransferPhase.Reserve });
    }

    [Theory]
    [InlineData(TransferPhase.Single)]
    [InlineData(TransferPhase.Reserve)]
    public void PoolCap_Passed_KeepsNoTrace(TransferPhase phase)
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 4).Fund(Bob, PoolRule.Limit + 100UL);
        Assert.True(world.Send(Move(Bob, Pool, PoolRule.Limit - 10)).Applied);
        AssertNoTrace(world, Reason.PoolFull, Move(Bob, Pool, 10) with { Phase = phase });
        Assert.True(world.Send(Move(Bob, Pool, 9)).Applied);
        AssertNoTrace(world, Reason.PoolFull, Move(Bob, Pool, 1) with { Phase = phase });
        Assert.Equal((UInt128)PoolRule.Limit - 1, world.Send(new Transfer { Debit = Pool, Credit = Alice, Flags = TransferFlags.Collect }).Amount);
    }

    [Fact]
    public void PoolCap_PassedByAPost_KeepsNoTraceAndTheReservationOpen()
    {
        var world = new BookWorld().RegisterModel().Fund(Bob, PoolRule.Limit + 100UL);
        var reserve = world.Next(Move(Bob, Pool, 20) with { Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(reserve).Applied);
        Assert.True(world.Send(Move(Bob, Pool, PoolRule.Limit - 10)).Applied);
        AssertNoTrace(world, Reason.PoolFull, Resolve(reserve, TransferPhase.Post, 10));
        Assert.True(world.Send(Resolve(reserve, TransferPhase.Post, 9)).Applied);
    }

    [Theory]
    [InlineData(TransferPhase.Single)]
    [InlineData(TransferPhase.Reserve)]
    public void WeightCap_Passed_KeepsNoTrace(TransferPhase phase)
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, PoolRule.Limit - 10);
        Transfer Issue(UInt128 units) => Move(AccountId.Issuance, Bob, units) with { Asset = Shares, Phase = phase };
        AssertNoTrace(world, Reason.PoolWeightFull, Issue(10));
        AssertNoTrace(world, Reason.PoolWeightFull, Issue(Most - PoolRule.Limit));
        Assert.True(world.Send(Issue(9)).Applied);

        // Between holders nothing is added, so a full pool's shares still move.
        Assert.True(world.Send(Move(Alice, Carol, 1_000) with { Asset = Shares }).Applied);
    }

    [Fact]
    public void LastUnit_WantedByManyWriters_GoesToExactlyOneInAnyOrder() =>
        Gen.Shuffle(Enumerable.Range(0, 50).ToArray()).Sample(
            order =>
            {
                var (world, rows) = (new BookWorld().Fund(Alice, 1), new BookRows());
                var results = order.Select(i =>
                {
                    var writer = world.Book.OpenWriter(Keccak.HashUtf8($"racer {i}"), rows);
                    var asked = Move(Alice, AccountId.Of(AccountKind.Lease, Keccak.HashUtf8($"{i}")), 1) with { Id = Transfer.IdOf(writer, 0) };
                    return world.Apply(new BookRequest { Writer = writer, Transfers = [asked] }).Answers[0].Result;
                }).ToArray();
                Assert.Equal([Reason.None, .. Enumerable.Repeat(Reason.InsufficientFunds, 49)], results);
                var got = AccountId.Of(AccountKind.Lease, Keccak.HashUtf8($"{order[0]}"));
                Assert.Equal(1, world.Of(got));
                Assert.Equal(new Balance(1, 1, 0, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
            },
            iter: 20,
            threads: 1);

    private static Reason Reference((BigInteger In, BigInteger Out)[] totals, int from, int to, UInt128 amount)
    {
        var (limit, value) = (BigInteger.Pow(2, 126), (BigInteger)amount);
        var reason = from == to ? Reason.SameAccount
            : value.IsZero ? Reason.AmountZero
            : value >= limit ? Reason.Overflow
            : from != 0 && totals[from].In - totals[from].Out < value ? Reason.InsufficientFunds
            : totals[to].In + value >= limit || totals[from].Out + value >= limit ? Reason.Overflow
            : Reason.None;
        if (reason == Reason.None)
        {
            totals[from].Out += value;
            totals[to].In += value;
        }

        return reason;
    }

    private static void AssertNoTrace(BookWorld world, Reason reason, Transfer transfer)
    {
        var (before, sequence) = (ImageOfValue(world.Book), world.Book.Sequence);
        Assert.Equal(new TransferAnswer(reason, 0), world.Send(transfer));
        Assert.Equal(before, ImageOfValue(world.Book));
        Assert.Equal(sequence, world.Book.Sequence);

        // Under a command nothing at all is left, not even an answer.
        var image = Image(world.Book);
        Assert.Equal(reason, world.Submit(Command(Alice, 99, long.MaxValue), transfer).Result!.Reason);
        Assert.Equal(image, Image(world.Book));
    }
}
