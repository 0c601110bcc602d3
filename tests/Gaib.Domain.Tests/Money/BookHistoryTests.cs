using System.Numerics;
using Gaib.Domain.Money;
using Gaib.Domain.Tests.Compute;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>
/// Random histories of everything that a book takes: what holds after each batch, and what a snapshot or a replay makes of it. The sums
/// are added up here, in big integers, and not by the book's own audit.
/// </summary>
public sealed class BookHistoryTests
{
    private const int Steps = 60;
    private static readonly int Enough = Campaign.Size(10, 10);
    private static readonly int Histories = Campaign.Size(100, 5_000);

    private static readonly AccountId Holders = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("holders"));
    private static readonly AssetId Units = AssetId.Of(Keccak.HashUtf8("holders"));
    private static readonly AccountId[] People = [Alice, Bob, Carol];

    [Fact]
    public void History_OfAnyKind_KeepsTheSumLawAndIsRestoredToTheByte()
    {
        var (seen, kinds) = (new Dictionary<Reason, int>(), new Dictionary<string, int>());
        for (var seed = 0; seed < Histories; seed++)
        {
            try
            {
                Live(new History(seed, seen, kinds));
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"The history of seed {seed} fails.", fault);
            }
        }

        Reason[] expected =
        [
            Reason.None, Reason.AmountZero, Reason.SameAccount, Reason.AccountInvalid, Reason.TooOld, Reason.IdReused, Reason.InsufficientFunds,
            Reason.ReservationResolved, Reason.ReservationExceeded, Reason.LinkedFailed, Reason.NonceUsed, Reason.AssetFrozen,
        ];
        Assert.All(expected, reason => Assert.True(seen.GetValueOrDefault(reason) >= Enough, $"{reason}: {seen.GetValueOrDefault(reason)}"));
        string[] wanted = ["expired", "posted", "collected", "pulled", "repeated", "command", "floor", "note"];
        Assert.All(wanted, kind => Assert.True(kinds.GetValueOrDefault(kind) >= Enough, $"{kind}: {kinds.GetValueOrDefault(kind)}"));
    }

    private static void Live(History history)
    {
        for (var step = 0; step < Steps; step++)
        {
            history.Step();
            AssertSums(history.World.Book);
        }

        AssertRestored(history);
    }

    private static void AssertSums(Book book)
    {
        var sums = new Dictionary<AssetId, BigInteger[]>();
        foreach (var (key, balance) in book.Balances)
        {
            var sum = sums.TryGetValue(key.Asset, out var known) ? known : sums[key.Asset] = new BigInteger[4];
            (sum[0], sum[1]) = (sum[0] + balance.DebitsPosted, sum[1] + balance.CreditsPosted);
            (sum[2], sum[3]) = (sum[2] + balance.DebitsPending, sum[3] + balance.CreditsPending);
            var available = (BigInteger)balance.CreditsPosted - balance.DebitsPosted - balance.DebitsPending;
            Assert.True(key.Account.Kind == AccountKind.Issuance || available >= 0, $"{key.Account}: {available}");
        }

        Assert.All(sums.Values, sum => Assert.Equal((sum[0], sum[2]), (sum[1], sum[3])));
        foreach (var (account, pool) in book.Pools)
        {
            // Weights are the balances of the pool's asset, and what the pool holds is what it has not paid out.
            var members = book.MembersOf(account).ToList();
            Assert.All(members, m => Assert.Equal((Int128)m.State.Weight, book.BalanceOf(m.Member, pool.Asset).Posted));
            Assert.Equal(pool.Weight, members.Aggregate(0UL, (total, m) => total + m.State.Weight));
            var paid = members.Aggregate(UInt128.Zero, (total, m) => total + m.State.Collected);
            Assert.Equal((Int128)(pool.Fed - paid), book.BalanceOf(account, AssetId.Gaib).Posted);
        }
    }

    private static void AssertRestored(History history)
    {
        // Something is journalled last, since a book learns the time from what is written alone.
        var world = history.World.Fund(Carol, 1);
        var image = Image(world.Book);
        var thawed = Book.Thaw(world.Book.Freeze().Parts());
        var middle = Book.Thaw(history.Middle!.Parts());
        world.Journal.Skip(history.MiddleFrames).ToList().ForEach(frame => middle.Replay(frame.Payload, frame.At));
        Book[] books = [thawed, world.Replayed(), middle];
        Assert.All(books, book => Assert.Equal(image, Image(book)));

        // Whatever was asked before is answered the same by each of them, and so is what comes next.
        foreach (var request in history.Asked)
        {
            var live = new BookRows();
            var expected = world.Book.Apply(request, world.Now, live);

            foreach (var book in books)
            {
                var rows = new BookRows();
                var reply = book.Apply(request, world.Now, rows);
                Assert.Equal((expected.Result, expected.Sequence, expected.Repeated), (reply.Result, reply.Sequence, reply.Repeated));
                Assert.Equal(expected.Answers.AsEnumerable(), reply.Answers);
                Assert.Equal(live.Written.ToArray(), rows.Written.ToArray());
            }
        }

        var after = Image(world.Book);
        Assert.All(books, book => Assert.Equal(after, Image(book)));
    }

    private sealed class History
    {
        private readonly Random _random;
        private readonly Dictionary<Reason, int> _seen;
        private readonly Dictionary<string, int> _kinds;
        private readonly List<Transfer> _reserved = [];

        public History(int seed, Dictionary<Reason, int> seen, Dictionary<string, int> kinds)
        {
            (_random, _seen, _kinds) = (new Random(seed), seen, kinds);
            World = new BookWorld().RegisterModel().Issue(Alice, 700_000).Issue(Bob, 299_999);
            Ask(new BookRequest { Writer = World.Writer, Assets = [new AssetRecord(Units, Holders, true, Model)] });
            World.Issue(Holders, 300_000).Fund(Alice, 100_000).Fund(Bob, 50_000).Fund(Carol, 1_000);
        }

        public BookWorld World { get; }

        public List<BookRequest> Asked { get; } = [];

        public FrozenBook? Middle { get; private set; }

        public int MiddleFrames { get; private set; }

        public void Step()
        {
            // Clocks jump both ways; the book's own time does not.
            World.Now += _random.Next(20) == 0 ? -50 : _random.Next(6);
            var (from, to, amount) = (People[_random.Next(3)], People[_random.Next(3)], (UInt128)_random.Next(0, 3_000));
            switch (_random.Next(9))
            {
                case 0:
                    Send(Move(from, Pool, amount), Move(from, to, amount * 100) with { Asset = Shares });
                    break;
                case 1:
                    Send(new Transfer { Debit = Pool, Credit = to, Flags = TransferFlags.Collect }, Move(Pool, to, 1));
                    break;
                case 2:
                    Send(
                        Move(AccountId.Issuance, to, amount) with { Asset = Units },
                        Move(from, to, 1) with { Asset = Units },
                        new Transfer { Debit = Holders, Credit = to, Flags = TransferFlags.Collect });
                    break;
                case 3:
                    var asset = _random.Next(3) == 0 ? Shares : AssetId.Gaib;
                    _reserved.Add(World.Next(Move(from, to, amount) with
                    {
                        Phase = TransferPhase.Reserve, Asset = asset, ExpiresAt = _random.Next(3) == 0 ? 0 : World.Now + _random.Next(1, 20),
                    }));
                    Ask(new BookRequest { Writer = World.Writer, Transfers = [_reserved[^1]] });
                    break;
                case 4 when _reserved.Count > 0:
                    var phase = _random.Next(3) == 0 ? TransferPhase.Void : TransferPhase.Post;
                    Send(Resolve(_reserved[_random.Next(_reserved.Count)], phase, _random.Next(3) == 0 ? amount * 2 : amount / 2));
                    break;
                case 5:
                    Send(
                        Move(from, to, amount) with { Flags = TransferFlags.Linked },
                        Move(from, Pool, amount) with { Flags = TransferFlags.Linked },
                        Move(to, from, amount * 2));
                    break;
                case 6:
                    var command = Command(from, (UInt128)_random.Next(4), World.Now + _random.Next(60));
                    Ask(new BookRequest
                    {
                        Command = command,
                        Collects = [new(Pool, from)],
                        Transfers = [Move(from, to, amount), Move(from, Pool, 1)],
                        Notes = [new Note(Model, [1, (byte)_random.Next(256)])],
                    });
                    break;
                case 7 when Asked.Count > 0:
                    Repeat();
                    break;
                default:
                    Send(Move(from, to, amount), Move(Carol, to, 0) with { Flags = TransferFlags.Closing });
                    break;
            }

            if (_random.Next(Steps) == 0 || Middle is null)
            {
                (Middle, MiddleFrames) = (World.Book.Freeze(), World.Journal.Count);
            }
        }

        private void Repeat()
        {
            var request = Asked[_random.Next(Asked.Count)];
            if (request.Transfers.Length > 0 && request.Command is null && _random.Next(3) == 0)
            {
                request = request with { Transfers = request.Transfers.SetItem(0, request.Transfers[0] with { Cause = Model }) };
            }

            Ask(request);
        }

        private void Send(params Transfer[] transfers)
        {
            var sent = transfers.Select(World.Next).ToArray();
            Ask(new BookRequest
            {
                Writer = World.Writer,
                Transfers = [.. sent],
                AnsweredThrough = _random.Next(10) == 0 ? sent[0].Sequence - 3 : 0,
                Collects = _random.Next(4) == 0 ? [new(Holders, Bob)] : [],
                Notes = _random.Next(4) == 0 ? [new Note(Keccak.HashUtf8("stream"), [7])] : [],
            });
        }

        private void Ask(BookRequest request)
        {
            Asked.Add(request);
            var frames = World.Journal.Count;
            var reply = World.Apply(request);
            Count(_kinds, "repeated", reply.Repeated);
            foreach (var reason in reply.Answers.Select(a => a.Result).Append(reply.Result?.Reason ?? Reason.None))
            {
                _seen[reason] = _seen.GetValueOrDefault(reason) + 1;
            }

            foreach (var row in World.Journal.Skip(frames).SelectMany(frame => BookRow.Read(frame.Payload)))
            {
                Count(_kinds, "command", row is CommandRow);
                Count(_kinds, "floor", row is FloorRow);
                Count(_kinds, "note", row is NoteRow);
                if (row is TransferRow { Transfer: { Result: Reason.None } t })
                {
                    Count(_kinds, "expired", t.Phase == TransferPhase.Expire);
                    Count(_kinds, "posted", t.Phase == TransferPhase.Post);
                    Count(_kinds, "collected", t.IsCollect);
                    Count(_kinds, "pulled", t.IsCollect && t.Credit == Holders);
                }
            }
        }

        private static void Count(Dictionary<string, int> counts, string name, bool met) =>
            counts[name] = counts.GetValueOrDefault(name) + (met ? 1 : 0);
    }
}
