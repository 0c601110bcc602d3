using System.Numerics;
using CsCheck;
using Gaib.Domain.Money;
using Gaib.Domain.Tests.Compute;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>Shares and the income of their holders, in the book: who held what when it came, and nobody else.</summary>
public sealed class BookShareTests
{
    private static readonly AccountId[] People = [Alice, Bob, Carol];

    [Fact]
    public void Income_BeforeAnybodyHolds_WaitsAndGoesToTheFirstTinyMemberExactly()
    {
        var world = new BookWorld().RegisterModel().Fund(Carol, 1_000_000);
        world.Send(Move(Carol, Pool, 777_777));
        Assert.Equal((777_777, 777_777), ((int)world.Book.PoolOf(Pool).Unallocated, (int)world.Book.PoolOf(Pool).Fed));
        world.Issue(Alice, 1);
        Assert.Equal(Reason.AmountZero, world.Send(Collect(Alice)).Result);
        world.Send(Move(Carol, Pool, 1));
        world.Issue(Bob, 1_000_000);
        Assert.Equal(new TransferAnswer(Reason.None, 777_778), world.Send(Collect(Alice)));
        Assert.Equal(Reason.AmountZero, world.Send(Collect(Bob)).Result);
        Assert.Equal(0, world.Of(Pool));
    }

    [Fact]
    public void Weight_BoughtJustBeforeAFeed_EarnsFromThenOnAndAfterItNothing()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 100).Fund(Carol, 3_000);
        world.Send(Move(Carol, Pool, 1_000));
        world.Send(Shared(Alice, Bob, 50));
        world.Send(Move(Carol, Pool, 1_000));
        world.Send(Shared(Alice, Carol, 50));
        Assert.Equal((UInt128)1_500, world.Send(Collect(Alice)).Amount);
        Assert.Equal((UInt128)500, world.Send(Collect(Bob)).Amount);
        Assert.Equal(Reason.AmountZero, world.Send(Collect(Carol)).Result);
        world.Send(Move(Carol, Pool, 1_000));
        Assert.Equal(Reason.AmountZero, world.Send(Collect(Alice)).Result);
        Assert.Equal((UInt128)500, world.Send(Collect(Bob)).Amount);
        Assert.Equal((UInt128)500, world.Send(Collect(Carol)).Amount);
    }

    [Fact]
    public void Weight_MovedWithoutASettle_SettlesBothSides()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 2).Issue(Bob, 1).Fund(Carol, 10);
        world.Send(Move(Carol, Pool, 10));
        world.Send(Shared(Alice, Bob, 2));

        // Thirds of ten: 6 and 2/3 for Alice, 3 and 1/3 for Bob, in 2^-64 to the last of them.
        var members = world.Book.MembersOf(Pool).ToDictionary(m => m.Member, m => m.State);
        var third = ((UInt128)10 << 64) / 3;
        Assert.Equal((0UL, (UInt128)6, (ulong)(third * 2)), (members[Alice].Weight, members[Alice].Accrued, members[Alice].Fraction));
        Assert.Equal((3UL, (UInt128)3, (ulong)third), (members[Bob].Weight, members[Bob].Accrued, members[Bob].Fraction));
        Assert.Equal((3UL, (ulong)(((UInt128)10 << 64) % 3)), (world.Book.PoolOf(Pool).Weight, world.Book.PoolOf(Pool).Rem));
        Assert.Equal((UInt128)6, world.Send(Collect(Alice)).Amount);
        Assert.Equal((UInt128)3, world.Send(Collect(Bob)).Amount);
        Assert.Equal(1, world.Of(Pool));
    }

    [Fact]
    public void Member_RemovedAndAddedAgain_KeepsItsRemainder()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 1).Issue(Bob, 2).Fund(Carol, 100);
        (ulong Whole, ulong Fraction)[] thirds = [(0, 0x5555555555555555), (0, 0xAAAAAAAAAAAAAAAA), (1, 0)];
        foreach (var (whole, fraction) in thirds)
        {
            // Each time Alice gets a third of one unit, and gives her only share away and gets it back before the next.
            world.Send(Move(Carol, Pool, 1));
            world.Send(Shared(Alice, Carol, 1));
            var without = world.Book.SettledMember(Pool, Alice);
            Assert.Equal((0UL, (UInt128)whole, fraction), (without.Weight, without.Accrued, without.Fraction));
            world.Send(Shared(Carol, Alice, 1));
            Assert.Equal(without with { Weight = 1 }, world.Book.SettledMember(Pool, Alice));
        }

        Assert.Equal((UInt128)1, world.Send(Collect(Alice)).Amount);
        Assert.Equal((UInt128)2, world.Send(Collect(Bob)).Amount);
        Assert.Equal(0, world.Of(Pool));
    }

    [Fact]
    public void SettledMember_Read_ChangesNothing()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 1).Fund(Carol, 100);
        world.Send(Move(Carol, Pool, 5));
        var before = Image(world.Book);
        Assert.Equal((UInt128)5, world.Book.SettledMember(Pool, Alice).Accrued);
        Assert.Equal(default, world.Book.SettledMember(Pool, Bob) with { PaidAcc = 0 });
        Assert.Equal(before, Image(world.Book));
    }

    [Fact]
    public void CollectsAndSettles_InAnyOrderAndAnySubset_GiveTheSameTotals() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[1, 1_000]).Array[5, 30].Sample(
            steps =>
            {
                var (often, never) = (Start(1_000), Start(1_000));
                foreach (var (kind, from, to, amount) in steps)
                {
                    if (kind < 2)
                    {
                        often.Send(Collect(People[from]));
                        continue;
                    }

                    var step = kind == 2 ? Shared(People[from], People[to], (UInt128)amount * 1_000) : Move(AccountId.Issuance, Pool, (UInt128)amount);
                    Assert.Equal(often.Send(step), never.Send(step));
                }

                foreach (var person in People)
                {
                    often.Send(Collect(person));
                    never.Send(Collect(person));
                    Assert.Equal(often.Of(person), never.Of(person));
                    Assert.Equal(often.Book.SettledMember(Pool, person), never.Book.SettledMember(Pool, person));
                }

                Assert.Equal(often.Book.PoolOf(Pool), never.Book.PoolOf(Pool));
            },
            iter: Campaign.Size(200, 20_000),
            threads: 1);

    [Fact]
    public void Income_OfRandomHistories_IsWhatFractionsSay()
    {
        var moved = 0;
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[1, 100]).Array[5, 40].Sample(
            steps =>
            {
                var (world, exact) = (Start(1_024), new Dictionary<AccountId, BigInteger>());

                // With W = 2^20 every division comes out even, and a part of an income is a whole number of 1/1,024 units.
                var weights = new Dictionary<AccountId, int> { [Alice] = 1_000, [Bob] = 20, [Carol] = 4 };
                foreach (var (kind, from, to, amount) in steps)
                {
                    if (kind == 0)
                    {
                        var applied = world.Send(Shared(People[from], People[to], (UInt128)amount * 1_024)).Applied;
                        Assert.Equal(from != to && weights[People[from]] >= amount, applied);
                        weights[People[from]] -= applied ? amount : 0;
                        weights[People[to]] += applied ? amount : 0;
                        moved += applied ? 1 : 0;
                        continue;
                    }

                    Assert.True(world.Send(Move(AccountId.Issuance, Pool, (UInt128)amount)).Applied);
                    foreach (var person in People)
                    {
                        exact[person] = exact.GetValueOrDefault(person) + (weights[person] * amount);
                    }
                }

                foreach (var person in People)
                {
                    Assert.Equal(exact.GetValueOrDefault(person) / 1_024, (BigInteger)world.Book.SettledMember(Pool, person).Accrued);
                }
            },
            iter: Campaign.Size(200, 20_000),
            threads: 1);
        Assert.True(moved > Campaign.Size(150, 150), $"{moved} share transfers");
    }

    [Fact]
    public void MemberThatIsNone_Collecting_IsOwedNothing()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 1).Fund(Carol, 100);
        world.Send(Move(Carol, Pool, 5));
        Assert.Equal(Reason.AmountZero, world.Send(Collect(Carol)).Result);
        Assert.Equal(Alice, Assert.Single(world.Book.MembersOf(Pool)).Member);
    }

    [Fact]
    public void Shares_InPlacesThatCannotHoldThem_AreRefused()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 10);
        var lease = AccountId.Of(AccountKind.Lease, Model);
        Assert.Equal(Reason.AccountInvalid, world.Send(Shared(Alice, lease, 1)).Result);
        Assert.Equal(Reason.AccountInvalid, world.Send(Shared(Alice, AccountId.Treasury, 1)).Result);
        Assert.Equal(Reason.AccountInvalid, world.Send(Shared(Alice, AccountId.Issuance, 1)).Result);
        Assert.Equal(Reason.AccountInvalid, world.Send(Shared(Pool, Bob, 1)).Result);
        Assert.Equal(Reason.AccountInvalid, world.Send(Shared(lease, Bob, 1)).Result);
        Assert.Equal(Reason.AccountInvalid, world.Send(Shared(Alice, AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("none")), 1)).Result);
        Assert.Equal(Reason.AccountInvalid, world.Send(Move(Alice, AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("none")), 1)).Result);
        Assert.Equal(Reason.AssetUnknown, world.Send(Shared(Alice, Bob, 1) with { Asset = new AssetId(9) }).Result);
        Assert.Equal(Reason.BatchInvalid, world.Send(Shared(Alice, Bob, 1) with { Flags = TransferFlags.Collect }).Result);
        var unknown = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("none"));
        Assert.Equal(Reason.AccountInvalid, world.Send(Collect(Bob) with { Debit = unknown }).Result);
        Assert.Equal(Reason.AccountInvalid, world.Send(Move(Alice, Bob, 1) with { Flags = TransferFlags.Collect }).Result);
        Assert.Equal(Reason.BatchInvalid, world.Send(Collect(Alice) with { Phase = TransferPhase.Reserve }).Result);
    }

    [Fact]
    public void FrozenShares_AreIssuedAndStay()
    {
        var world = new BookWorld();
        var frozen = new AssetRecord(Shares, Pool, true, Model);
        Assert.True(world.Apply(new BookRequest { Writer = world.Writer, Assets = [frozen] }).Applied);
        world.Issue(Alice, 5);
        Assert.Equal(Reason.AssetFrozen, world.Send(Shared(Alice, Bob, 1)).Result);
        Assert.Equal(frozen, Assert.Single(Book.Thaw(world.Book.Freeze().Parts()).Assets));
        Assert.Equal(frozen, Assert.Single(world.Replayed().Assets));
    }

    private static BookWorld Start(ulong unit) =>
        new BookWorld().RegisterModel().Issue(Alice, 1_000 * unit).Issue(Bob, 20 * unit).Issue(Carol, 4 * unit);

    private static Transfer Shared(AccountId from, AccountId to, UInt128 units) => Move(from, to, units) with { Asset = Shares };

    private static Transfer Collect(AccountId member) => new() { Debit = Pool, Credit = member, Flags = TransferFlags.Collect };
}
