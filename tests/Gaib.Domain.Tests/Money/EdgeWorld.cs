using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>One of several books, of two if not said otherwise, with its journal in memory.</summary>
internal sealed class EdgeWorld
{
    private readonly BookPlace _place;
    private readonly List<(byte[] Payload, long At)> _journal = [];
    private readonly ulong _writer;
    private ulong _next;

    public EdgeWorld(uint number, uint books = 2)
    {
        _place = new BookPlace(number, books);
        Book = new Book(_place);
        _writer = Journalled(rows => Book.OpenWriter(Keccak.HashUtf8("test"), rows));
    }

    public Book Book { get; private set; }

    public Hash32 LastCause => Keccak.HashUtf8($"cause {_next - 1}");

    public EdgeWorld Fund(AccountId account, UInt128 amount)
    {
        Assert.True(Send(AccountId.Issuance, account, amount).Applied);
        return this;
    }

    public EdgeWorld RegisterModel()
    {
        var asset = new AssetRecord(BookWorld.Shares, BookWorld.Pool, false, BookWorld.Model);
        Assert.True(Journalled(rows => Book.Apply(new BookRequest { Writer = _writer, Assets = [asset] }, 1, rows)).Applied);
        return this;
    }

    public Int128 Of(AccountId account) => Book.BalanceOf(account, AssetId.Gaib).Posted;

    public TransferAnswer Send(AccountId debit, AccountId credit, UInt128 amount) => Send(BookWorld.Move(debit, credit, amount));

    public TransferAnswer Send(Transfer transfer) => SendAll(transfer)[0];

    public TransferAnswer[] SendAll(params Transfer[] transfers)
    {
        var sent = transfers.Select(t => t with { Id = Transfer.IdOf(_writer, _next++), Cause = LastCause }).ToArray();
        return [.. Journalled(rows => Book.Apply(new BookRequest { Writer = _writer, Transfers = [.. sent] }, 1, rows)).Answers];
    }

    public EdgeAnswer Arrive(uint from, EdgeTotal told) => Journalled(rows => Book.Arrive(from, [told], 1, rows))[0];

    public int Settle(AccountId pool, int from, int max) => Journalled(rows =>
        Book.Apply(new BookRequest { Writer = _writer, Settle = new PoolSettle(pool, from, max) }, 1, rows)).SettledTo;

    public Book Replayed()
    {
        var book = new Book(_place);
        _journal.ForEach(frame => book.Replay(frame.Payload, frame.At));
        return book;
    }

    /// <summary>Starts anew from its journal or from a snapshot, and asks the other book what it has.</summary>
    public void Restart(bool fromJournal, Book other)
    {
        Book = fromJournal ? Replayed() : Book.Thaw(Book.Freeze().Parts(), _place);
        Book.Resume(1 - _place.Number, other.ArrivedFrom(_place.Number));
    }

    private T Journalled<T>(Func<BookRows, T> act)
    {
        var rows = new BookRows();
        var answer = act(rows);
        if (!rows.IsEmpty)
        {
            _journal.Add((rows.Written.ToArray(), 1));
        }

        return answer;
    }
}
