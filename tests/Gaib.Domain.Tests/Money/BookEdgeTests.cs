using CsCheck;
using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>Value between books: totals that only grow, whatever the network does with them.</summary>
public sealed class BookEdgeTests
{
    // The last eight bytes decide the home: with two books even numbers live in book 0 and odd ones in book 1.
    private static readonly AccountId Alice = Numbered(2);
    private static readonly AccountId Bob = Numbered(3);
    private static readonly AccountId Carol = Numbered(5);

    [Theory]
    [InlineData(2UL, 0U)]
    [InlineData(3UL, 1U)]
    [InlineData(ulong.MaxValue, 1U)]
    public void HomeOf_Person_IsTheSuffixModuloTheBooks(ulong suffix, uint home)
    {
        var place = new BookPlace(0, 2);

        Assert.Equal(home, place.HomeOf(Numbered(suffix)));
        Assert.Equal(home, place.HomeOf(new AccountId(AccountKind.Stake, Numbered(suffix).Key)));
        Assert.Equal(0U, place.HomeOf(new AccountId(AccountKind.Session, Numbered(suffix).Key)));
        Assert.Equal(1U, new BookPlace(1, 2).HomeOf(AccountId.Treasury));
        Assert.Equal(0U, default(BookPlace).HomeOf(Numbered(suffix)));
    }

    [Fact]
    public void Transfer_ToAnotherBook_LeavesByDueToAndArrivesByDueFrom()
    {
        var (zero, one) = (new EdgeWorld(0).Fund(Alice, 100), new EdgeWorld(1));

        Assert.True(zero.Send(Alice, Bob, 30).Applied);
        Assert.Equal(70, zero.Of(Alice));
        Assert.Equal(30, zero.Of(AccountId.DueTo(1)));
        Assert.Equal(0, zero.Of(Bob));

        var told = Assert.Single(zero.Book.TakeUnsent(1, 10));
        Assert.Equal(new EdgeTotal(Bob, 30, zero.LastCause), told);
        Assert.Equal(new EdgeAnswer(Reason.None, 30), one.Arrive(0, told));
        Assert.Equal(30, one.Of(Bob));
        Assert.Equal(-30, one.Of(AccountId.DueFrom(0)));
        Assert.Equal((UInt128)30, one.Book.ArrivedFrom(0));
    }

    [Fact]
    public void Totals_StaleReorderedAndDoubled_CreditWhatIsNewOnce()
    {
        var one = new EdgeWorld(1);
        EdgeTotal Told(UInt128 total) => new(Bob, total, default);

        Assert.Equal((UInt128)30, one.Arrive(0, Told(30)).Seen);
        Assert.Equal((UInt128)70, one.Arrive(0, Told(70)).Seen);
        Assert.Equal((UInt128)70, one.Arrive(0, Told(30)).Seen);
        Assert.Equal((UInt128)70, one.Arrive(0, Told(70)).Seen);
        Assert.Equal((UInt128)70, one.Arrive(0, Told(0)).Seen);
        Assert.Equal(70, one.Of(Bob));
        Assert.Equal(2UL, one.Book.Sequence);
    }

    /// <summary>What arrives has ids of its own that rise, and moves the book's clock as every request does: what is due by then is freed before.</summary>
    [Fact]
    public void Arrive_Later_FreesWhatIsDueAndHasTheNextId()
    {
        var one = new EdgeWorld(1).Fund(Bob, 100);
        Assert.True(one.Send(Move(Bob, AccountId.Treasury, 40) with { Phase = TransferPhase.Reserve, ExpiresAt = 50 }).Applied);
        var rows = new BookRows();

        one.Book.Arrive(0, [new EdgeTotal(Bob, 1, default), new EdgeTotal(Bob, 3, default)], 49, rows);
        Assert.Equal(63, one.Book.BalanceOf(Bob, AssetId.Gaib).Available);
        one.Book.Arrive(0, [new EdgeTotal(Bob, 6, default)], 50, rows.Clear());
        Assert.Equal(106, one.Book.BalanceOf(Bob, AssetId.Gaib).Available);
        one.Book.Arrive(0, [new EdgeTotal(Bob, 7, default)], 20, rows.Clear());

        Assert.Equal(50, one.Book.LastAt);
        Assert.Equal([Transfer.IdOf(4, 4)], BookRow.Read(rows.Written.ToArray()).OfType<TransferRow>().Select(row => row.Transfer.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Arrive_ForAPool_IsCreditedWhereThereIsOne(bool isKnown)
    {
        var zero = isKnown ? new EdgeWorld(0).RegisterModel() : new EdgeWorld(0);

        var answer = zero.Arrive(1, new EdgeTotal(BookWorld.Pool, 5, default));

        Assert.Equal(isKnown ? new EdgeAnswer(Reason.None, 5) : new EdgeAnswer(Reason.AccountInvalid, 0), answer);
        Assert.Equal(isKnown ? 5 : 0, zero.Of(BookWorld.Pool));
    }

    [Fact]
    public void Arrive_FromWhereItCannotBe_IsRefusedAndLeavesNoTrace()
    {
        var one = new EdgeWorld(1);
        Assert.Equal(Reason.WrongBook, one.Arrive(1, new EdgeTotal(Bob, 1, default)).Result);
        var before = BookWorld.Image(one.Book);

        Assert.Equal(Reason.WrongBook, one.Arrive(2, new EdgeTotal(Bob, 1, default)).Result);
        Assert.Equal(Reason.WrongBook, one.Arrive(0, new EdgeTotal(Alice, 1, default)).Result);
        Assert.Equal(Reason.WrongBook, one.Arrive(0, new EdgeTotal(AccountId.DueFrom(0), 1, default)).Result);
        Assert.Equal(Reason.WrongBook, one.Arrive(0, new EdgeTotal(default, 1, default)).Result);
        Assert.Equal(Reason.Overflow, one.Arrive(0, new EdgeTotal(Bob, UInt128.One << 126, default)).Result);
        Assert.Equal(before, BookWorld.Image(one.Book));
    }

    [Fact]
    public void Transfer_OfAnotherBooksAccount_IsRefused()
    {
        var zero = new EdgeWorld(0).Fund(Alice, 100);

        Assert.Equal(Reason.WrongBook, zero.Send(Bob, Alice, 1).Result);
        Assert.Equal(Reason.AccountInvalid, zero.Send(AccountId.DueTo(1), Alice, 1).Result);
        Assert.Equal(Reason.AccountInvalid, zero.Send(Alice, AccountId.DueTo(1), 1).Result);
        Assert.Equal(Reason.WrongBook, zero.Send(new Transfer { Debit = Alice, Credit = Bob, Amount = 1, Phase = TransferPhase.Reserve }).Result);
        Assert.Equal(
            Reason.BatchInvalid, zero.Send(new Transfer { Debit = AccountId.DueFrom(1), Credit = Alice, Amount = 1, Flags = TransferFlags.Arrival }).Result);
        Assert.Equal(100, zero.Of(Alice));
    }

    [Fact]
    public void Chain_ThatFailsAfterSomethingLeft_TellsNobody()
    {
        var zero = new EdgeWorld(0).Fund(Alice, 100);

        var answers = zero.SendAll(Move(Alice, Bob, 30) with { Flags = TransferFlags.Linked }, Move(Alice, Carol, 90));

        Assert.Equal([Reason.LinkedFailed, Reason.InsufficientFunds], answers.Select(answer => answer.Result));
        Assert.Empty(zero.Book.TakeUnsent(1, 10));
        Assert.Equal(0, zero.Of(AccountId.DueTo(1)));
        Assert.True(zero.Send(Alice, Bob, 7).Applied);
        Assert.Equal((UInt128)7, Assert.Single(zero.Book.TakeUnsent(1, 10)).Total);
    }

    /// <summary>The place of a payee that a chain took back is another payee's soon, and that one may be of another book.</summary>
    [Fact]
    public void Chain_ThatFailsAfterSomethingLeft_GivesItsPlaceToAPayeeOfAThirdBook()
    {
        var (here, first, second) = (Numbered(3), Numbered(4), Numbered(5));
        var zero = new EdgeWorld(0, books: 3).Fund(here, 100);
        zero.SendAll(Move(here, first, 30) with { Flags = TransferFlags.Linked }, Move(here, first, 90));

        Assert.True(zero.Send(here, second, 7).Applied);

        Assert.Empty(zero.Book.TakeUnsent(1, 10));
        Assert.Equal(new EdgeTotal(second, 7, zero.LastCause), Assert.Single(zero.Book.TakeUnsent(2, 10)));
    }

    [Fact]
    public void Unsent_TakenAcknowledgedOrGivenBack_IsToldUntilItIsHeard()
    {
        var zero = new EdgeWorld(0).Fund(Alice, 100);
        zero.Send(Alice, Bob, 10);
        zero.Send(Alice, Carol, 20);

        Assert.Equal([Bob], zero.Book.TakeUnsent(1, 1).Select(told => told.Payee));
        zero.Send(Alice, Bob, 5);
        Assert.Equal([Carol, Bob], zero.Book.TakeUnsent(1, 10).Select(told => told.Payee));
        Assert.Equal(0, zero.Book.UnsentOf(1));

        zero.Book.Acknowledge(1, Carol, 20);
        zero.Book.Acknowledge(1, Bob, 10);
        zero.Book.SendAgain(1, Carol);
        zero.Book.SendAgain(1, Bob);
        Assert.Equal(new EdgeTotal(Bob, 15, zero.LastCause), Assert.Single(zero.Book.TakeUnsent(1, 10)));
    }

    [Fact]
    public void Resume_AfterARestart_TellsAgainUnlessThePeerHasAll()
    {
        var zero = new EdgeWorld(0).Fund(Alice, 100);
        zero.Send(Alice, Bob, 10);
        zero.Send(Alice, Carol, 20);

        var thawed = Book.Thaw(zero.Book.Freeze().Parts(), new BookPlace(0, 2));
        Assert.Equal(0, thawed.UnsentOf(1));
        thawed.Resume(1, 29);
        Assert.Equal([(UInt128)10, 20], thawed.TakeUnsent(1, 10).Select(told => told.Total));

        var replayed = zero.Replayed();
        Assert.Equal(2, replayed.UnsentOf(1));
        replayed.Resume(1, 30);
        Assert.Empty(replayed.TakeUnsent(1, 10));
        Assert.Equal(BookWorld.Image(zero.Book), BookWorld.Image(replayed));
        Assert.Equal(BookWorld.Image(zero.Book), BookWorld.Image(thawed));
    }

    /// <summary>Two books, a network that loses, doubles and reorders, books that start again: nothing is lost, nothing is made.</summary>
    [Fact]
    public void Books_AnyHistory_KeepTheSumAndDeliverItAll()
    {
        var (lost, doubled, restarts, delivered) = (0, 0, 0, 0);
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[1, 40]).Array[1, 120].Sample(
            steps =>
            {
                AccountId[] people = [Numbered(2), Numbered(3), Numbered(4), Numbered(5)];
                EdgeWorld[] books = [new EdgeWorld(0).Fund(people[0], 1_000).Fund(people[2], 1_000), new EdgeWorld(1).Fund(people[1], 1_000).Fund(people[3], 1_000)];
                var network = new List<(int From, EdgeTotal Told)>();
                foreach (var (what, a, b, amount) in steps)
                {
                    switch (what)
                    {
                        case < 5:
                            books[a % 2].Send(people[a], people[b], (UInt128)amount);
                            break;
                        case < 7:
                            network.AddRange(books[a % 2].Book.TakeUnsent((uint)(1 - (a % 2)), amount % 3).Select(told => (a % 2, told)));
                            doubled += network.Count > 0 && b == 0 ? 1 : 0;
                            network.AddRange(b == 0 ? network.Take(1).ToArray() : []);
                            break;
                        case 7 when network.Count > 0:
                            network.RemoveAt(amount % network.Count);
                            lost++;
                            break;
                        case 8 when network.Count > 0:
                            var (from, message) = network[amount % network.Count];
                            books[1 - from].Arrive((uint)from, message);
                            delivered++;
                            break;
                        case 9:
                            books[a % 2].Restart(b % 2 == 0, books[1 - (a % 2)].Book);
                            restarts++;
                            break;
                        default:
                            break;
                    }
                }

                foreach (var from in new[] { 0, 1 })
                {
                    books[from].Restart(true, books[1 - from].Book);
                    foreach (var told in books[from].Book.TakeUnsent((uint)(1 - from), 100))
                    {
                        books[1 - from].Arrive((uint)from, told);
                    }

                    Assert.Equal(books[from].Of(AccountId.DueTo((uint)(1 - from))), -books[1 - from].Of(AccountId.DueFrom((uint)from)));
                }

                Assert.Equal(4_000L, people.Sum(person => (long)books[person.Key.Suffix64 % 2].Of(person)));
                Assert.All(books, book => Assert.Null(book.Book.Audit()));
            },
            iter: 300, threads: 1);

        Assert.True(lost > 100 && doubled > 100 && restarts > 100 && delivered > 100, $"{lost} {doubled} {restarts} {delivered}");
    }

    [Fact]
    public void Pool_FeedAndCollectFromAnotherBook_CrossTheEdgeBothWays()
    {
        var (zero, one) = (new EdgeWorld(0).RegisterModel().Fund(Alice, 1), new EdgeWorld(1).Fund(Bob, 900));
        Assert.True(zero.Send(Move(AccountId.Issuance, Carol, 3) with { Asset = BookWorld.Shares }).Applied);
        Assert.True(zero.Send(Move(AccountId.Issuance, Alice, 1) with { Asset = BookWorld.Shares }).Applied);

        Assert.True(one.Send(Bob, BookWorld.Pool, 800).Applied);
        Assert.Equal((UInt128)800, zero.Arrive(1, Assert.Single(one.Book.TakeUnsent(0, 10))).Seen);
        Assert.Equal((UInt128)800, zero.Book.PoolOf(BookWorld.Pool).Fed);
        Assert.Equal(0, zero.Settle(BookWorld.Pool, 0, 100));
        Assert.Equal(201, zero.Of(Alice));
        Assert.Equal((UInt128)600, one.Arrive(0, Assert.Single(zero.Book.TakeUnsent(1, 10))).Seen);
        Assert.Equal(600, one.Of(Carol));
        Assert.Null(zero.Book.Audit());
    }

    private static AccountId Numbered(ulong suffix)
    {
        var key = new byte[Address.Size];
        key[0] = 1;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(12), suffix);
        return AccountId.Person(new Address(key));
    }

    private static Transfer Move(AccountId debit, AccountId credit, UInt128 amount) => BookWorld.Move(debit, credit, amount);
}
