using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>Random work on a book with everything in it that a journal can hold: what was done is counted, so that a test can ask for all.</summary>
internal sealed class LedgerWork
{
    private static readonly AccountId[] People = [Alice, Bob, Carol];
    private static readonly AccountId Lease = new(AccountKind.Lease, Address.Parse("0x00000000000000000000000000000000000000dd"));
    private static readonly Hash32 Holders = Keccak.HashUtf8("holders");
    private static readonly AccountId HoldersPool = AccountId.Of(AccountKind.Pool, Holders);

    private readonly Random _random;
    private readonly List<Transfer> _reserved = [];
    private readonly Queue<ulong> _passing = [];
    private readonly ulong _writer;
    private ulong _next;
    private ulong _nonce;

    public LedgerWork(int seed)
    {
        _random = new Random(seed);
        World = new BookWorld().RegisterModel().Issue(Alice, 1_000_000_000).Fund(Alice, 10_000_000).Fund(Bob, 10_000_000).Fund(Carol, 10_000_000);
        Open(out _writer);

        // A pool that is itself a member of the first one: what it is paid it must be fed before its own members settle.
        World.Apply(new BookRequest { Writer = _writer, Assets = [new AssetRecord(AssetId.Of(Holders), HoldersPool, true, Holders)] });
        Send(Move(AccountId.Issuance, Bob, 77) with { Asset = AssetId.Of(Holders) });
        Send(Move(Alice, HoldersPool, 300_000_000) with { Asset = Shares });
    }

    public BookWorld World { get; }

    public Dictionary<string, int> Done { get; } = [];

    public LedgerWork Do(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            World.Now += _random.Next(3);
            Step();
            if (i % 20 == 0)
            {
                Pass();
            }
        }

        return this;
    }

    /// <summary>A writer without a name comes, another one goes.</summary>
    private void Pass()
    {
        _passing.Enqueue(World.OpenEphemeral());
        foreach (var writer in _passing)
        {
            var first = (ulong)_passing.Count;
            World.Apply(new BookRequest
            {
                Writer = writer, AnsweredThrough = first, Transfers = [Move(Alice, Bob, 1) with { Id = Transfer.IdOf(writer, first) }],
            });
        }

        if (_passing.Count > 3)
        {
            World.Close(_passing.Dequeue());
        }
    }

    private void Step()
    {
        var (from, to) = (People[_random.Next(3)], People[_random.Next(3)]);
        var amount = (UInt128)_random.Next(1, 5_000);
        switch (_random.Next(11))
        {
            case 0:
                Count("feed", Send(Move(from, Pool, amount)));
                break;
            case 1:
                Count("share", Send(Move(from, to, amount * 10_000) with { Asset = Shares }));
                break;
            case 2:
                Count("collect", Send(new Transfer { Debit = _random.Next(2) == 0 ? Pool : HoldersPool, Credit = to, Flags = TransferFlags.Collect }));
                break;
            case 3:
                _reserved.Add(Next(Move(from, to, amount) with { Phase = TransferPhase.Reserve, ExpiresAt = World.Now + _random.Next(1, 40) }));
                Count("reserve", Send(_reserved[^1], given: true));
                break;
            case 4 when _reserved.Count > 0:
                var of = _reserved[_random.Next(int.Max(0, _reserved.Count - 8), _reserved.Count)];
                Count("post", Send(Resolve(of, TransferPhase.Post, of.Amount / 2)));
                break;
            case 5 when _reserved.Count > 0:
                Count("void", Send(Resolve(_reserved[_random.Next(int.Max(0, _reserved.Count - 8), _reserved.Count)], TransferPhase.Void, 0)));
                break;
            case 6:
                var chain = World.Apply(Request(
                    Next(Move(from, to, amount) with { Flags = TransferFlags.Linked }), Next(Move(to, Lease, _random.Next(2) == 0 ? amount : 100_000_000))));
                Count(chain.Answers[0].Applied ? "chain" : "refused chain", default);
                break;
            case 7:
                var command = World.Submit(Command(from, ++_nonce, World.Now + 5), Move(from, to, amount), Move(from, Lease, 1));
                Count(command.Applied ? "command" : "refused command", default);
                break;
            case 8:
                Count("closing", Send(new Transfer { Debit = Lease, Credit = to, Flags = TransferFlags.Closing }));
                break;
            case 9:
                World.Apply(Request(Next(Move(from, Lease, amount))) with { Notes = [new Note(Keccak.HashUtf8($"stream {_random.Next(3)}"), [1, (byte)_random.Next(256)])] });
                Count("note", default);
                break;
            default:
                Count("plain", Send(Move(from, to, amount)));
                break;
        }
    }

    private void Count(string what, TransferAnswer answer)
    {
        var name = answer.Applied ? what : "refused " + what;
        Done[name] = Done.GetValueOrDefault(name) + 1;
    }

    private Transfer Next(Transfer transfer) => transfer with { Id = Transfer.IdOf(_writer, _next++) };

    private BookRequest Request(params Transfer[] transfers) =>
        new() { Writer = _writer, AnsweredThrough = _random.Next(4) == 0 ? transfers[0].Sequence : 0, Transfers = [.. transfers] };

    private TransferAnswer Send(Transfer transfer, bool given = false) => World.Apply(Request(given ? transfer : Next(transfer))).Answers[0];

    private void Open(out ulong writer)
    {
        var rows = new BookRows();
        writer = World.Book.OpenWriter(Keccak.HashUtf8("work"), rows);
        World.Journal.Add((rows.Written.ToArray(), World.Now));
    }
}
