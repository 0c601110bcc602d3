using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A pool's payout, page by page.</summary>
public sealed class BookSettleTests
{
    [Fact]
    public void Settle_PageByPage_PaysEachMemberItsOwnAndNobodyTwice()
    {
        var world = Shared(100, out var holders);
        world.Fund(Carol, 1_000_000).Send(Move(Carol, Pool, 5_050));

        var (pages, from) = (0, 0);
        do
        {
            from = Settle(world, from, 7);
            pages++;
        }
        while (from > 0);

        Assert.Equal(15, pages);
        Assert.Equal(Enumerable.Range(1, 100), holders.Select(holder => (int)world.Of(holder)));
        Assert.Equal(0, world.Of(Pool));
        var image = Image(world.Book);
        Assert.Equal(0, Settle(world, 0, 8_190));
        Assert.Equal(image, Image(world.Book));
        Assert.Equal(Image(world.Replayed()), image);
    }

    [Fact]
    public void Settle_MemberWhoJoinsMeanwhile_IsNotOnALaterPageAndKeepsItsOwn()
    {
        var world = Shared(10, out var holders);
        world.Fund(Carol, 1_000).Send(Move(Carol, Pool, 55));
        var next = Settle(world, 0, 5);
        world.Send(Move(holders[9], Alice, 5) with { Asset = Shares });
        world.Send(Move(Carol, Pool, 55));

        Assert.Equal(0, Settle(world, next, 100));
        Assert.Equal(0, world.Of(Alice));
        Assert.Equal(10, world.Of(holders[9]));
        Assert.Equal([2, 4, 6, 8, 10], holders.Take(5).Select(holder => (int)world.Of(holder)));
        Assert.Equal(0, Settle(world, 0, 100));
        Assert.Equal(5, world.Of(Alice));
        Assert.Equal(15, world.Of(holders[9]));
    }

    [Fact]
    public void Settle_PoolInAPool_IsFedByWhatItIsPaid()
    {
        var world = new BookWorld().RegisterModel();
        var holders = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("holders"));
        var units = AssetId.Of(Keccak.HashUtf8("holders"));
        world.Apply(new BookRequest { Writer = 16, Assets = [new AssetRecord(units, holders, true, Model)] });
        world.Issue(Alice, 3).Issue(holders, 1);
        world.Send(Move(AccountId.Issuance, Bob, 1) with { Asset = units });
        world.Fund(Carol, 400).Send(Move(Carol, Pool, 400));

        Assert.Equal(0, Settle(world, 0, 10));

        Assert.Equal(300, world.Of(Alice));
        Assert.Equal(100, world.Of(holders));
        Assert.Equal(0, Settle(world, holders, 0, 10));
        Assert.Equal(100, world.Of(Bob));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10_000)]
    public void Settle_FromWhereNobodyIs_ChangesNothing(int from)
    {
        var world = Shared(3, out _);
        world.Fund(Carol, 10).Send(Move(Carol, Pool, 6));
        var image = Image(world.Book);

        Assert.Equal(0, Settle(world, from, 10));
        Assert.Equal(0, Settle(world, Alice, 0, 10));
        Assert.Equal(image, Image(world.Book));
    }

    [Fact]
    public void MembersOf_Pages_AreAllMembersOnceTheNewestFirst()
    {
        var world = Shared(5, out var holders);
        var first = world.Book.MembersOf(Pool, 0).Take(2).ToArray();

        Assert.Equal(5, world.Book.MemberCountOf(Pool));
        Assert.Equal([holders[4], holders[3]], first.Select(row => row.Member));
        Assert.Equal([holders[2], holders[1], holders[0]], world.Book.MembersOf(Pool, first[1].Next).Select(row => row.Member));
        Assert.Equal([Pool], world.Book.PoolsOf(holders[0]));
        Assert.Empty(world.Book.PoolsOf(Alice));
    }

    [Fact]
    public void Member_OfAChainThatWasTakenBack_IsInNoList()
    {
        var world = Shared(2, out var holders);
        world.SendAll(Move(holders[0], Alice, 1) with { Asset = Shares, Flags = TransferFlags.Linked }, Move(Alice, Bob, 1_000));

        Assert.Equal(2, world.Book.MemberCountOf(Pool));
        Assert.Equal([holders[1], holders[0]], world.Book.MembersOf(Pool).Select(row => row.Member));
        Assert.Empty(world.Book.PoolsOf(Alice));
        world.Send(Move(holders[0], Bob, 1) with { Asset = Shares });
        Assert.Equal([Bob, holders[1], holders[0]], world.Book.MembersOf(Pool).Select(row => row.Member));
    }

    /// <summary>
    /// A page pays members whose accounts are there without the detours of a single collect. Rows, ids and state are the same to the byte, also for
    /// who has no account yet, is a pool, is of another book, or can hold no more.
    /// </summary>
    [Theory]
    [InlineData(1U)]
    [InlineData(3U)]
    public void Settle_RoundAfterRound_IsToTheByteWhatCollectsAre(uint books)
    {
        var transfers = 0UL;
        for (var seed = 1; seed <= 25; seed++)
        {
            var random = new Random(seed);
            var (paged, single) = (new Payouts(books), new Payouts(books));
            for (var round = 0; round < 4; round++)
            {
                Transfer[] moves = [.. Payouts.Draw(random, books)];
                paged.Send(moves);
                single.Send(moves);
                var (from, max) = (0, random.Next(1, 40));
                do
                {
                    var members = single.Book.MembersOf(Pool, from).Take(max).Select(row => row.Member).ToArray();
                    from = paged.Settle(from, max);
                    single.Collect(members);
                }
                while (from > 0);
                Assert.Equal(single.Journal, paged.Journal);
                Assert.Equal(Image(single.Book), Image(paged.Book));
            }

            Assert.Null(paged.Book.Audit());
            Assert.Equal(Image(paged.Book), Image(paged.Replayed()));
            transfers += paged.Book.Sequence;
        }

        Assert.True(transfers > 2_000, $"{transfers} transfers");
    }

    /// <summary>A book with a pool, and a pool in it, that pays its members one way or the other.</summary>
    private sealed class Payouts
    {
        private static readonly AccountId Holders = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("holders"));
        private static readonly AccountId[] People = [.. Enumerable.Range(0, 40).Select(i => AccountId.Person(Address.FromHash(Keccak.HashUtf8($"member {i}"))))];

        private readonly BookPlace _place;
        private readonly ulong _writer;
        private readonly BookRows _rows = new();
        private ulong _next;

        public Payouts(uint books)
        {
            (_place, Book) = (new BookPlace(0, books), new Book(new BookPlace(0, books)));
            _writer = Book.OpenWriter(Keccak.HashUtf8("payouts"), _rows);
            Keep();
            Ask(new BookRequest { Assets = [new AssetRecord(Shares, Pool, false, Model), new AssetRecord(AssetId.Of(Keccak.HashUtf8("holders")), Holders, true, Model)] });
        }

        public Book Book { get; }

        public List<byte[]> Journal { get; } = [];

        /// <summary>Income for the pool, and for some people; shares for some; one who has nearly all that an account can hold.</summary>
        public static IEnumerable<Transfer> Draw(Random random, uint books)
        {
            for (var i = random.Next(5, 30); i > 0; i--)
            {
                var person = People[random.Next(People.Length)];
                yield return random.Next(4) switch
                {
                    0 => Move(AccountId.Issuance, random.Next(3) == 0 ? Holders : person, (UInt128)random.Next(1, 9)) with { Asset = Shares },
                    1 when new BookPlace(0, books).Holds(person) => Move(AccountId.Issuance, person, random.Next(9) == 0 ? (UInt128.One << 126) - 40 : (UInt128)random.Next(1, 99)),
                    _ => Move(AccountId.Issuance, Pool, (UInt128)random.Next(1, 999)),
                };
            }
        }

        public void Send(Transfer[] moves) => Ask(new BookRequest { Transfers = [.. moves.Select(move => move with { Id = Transfer.IdOf(_writer, _next++) })] });

        public int Settle(int from, int max) => Ask(new BookRequest { Settle = new PoolSettle(Pool, from, max) }).SettledTo;

        public void Collect(AccountId[] members) => Ask(new BookRequest { Collects = [.. members.Select(member => new PoolCollect(Pool, member))] });

        public Book Replayed()
        {
            var book = new Book(_place);
            Journal.ForEach(frame => book.Replay(frame, 1));
            return book;
        }

        private BookReply Ask(BookRequest request)
        {
            var reply = Book.Apply(request with { Writer = _writer }, 1, _rows.Clear());
            Keep();
            return reply;
        }

        private void Keep()
        {
            if (!_rows.IsEmpty)
            {
                Journal.Add(_rows.Written.ToArray());
            }
        }
    }

    /// <summary>Holders with 1, 2, 3 … shares.</summary>
    private static BookWorld Shared(int count, out AccountId[] holders)
    {
        var world = new BookWorld().RegisterModel();
        holders = [.. Enumerable.Range(0, count).Select(i => AccountId.Person(Address.FromHash(Keccak.HashUtf8($"holder {i}"))))];
        for (var i = 0; i < count; i++)
        {
            world.Issue(holders[i], (UInt128)(i + 1));
        }

        return world;
    }

    private static int Settle(BookWorld world, int from, int max) => Settle(world, Pool, from, max);

    private static int Settle(BookWorld world, AccountId pool, int from, int max) =>
        world.Apply(new BookRequest { Writer = 16, Settle = new PoolSettle(pool, from, max) }).SettledTo;
}
