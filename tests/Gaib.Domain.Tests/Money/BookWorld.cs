using System.Collections.Immutable;
using Gaib.Domain.Money;

namespace Gaib.Domain.Tests.Money;

/// <summary>A book with a journal in memory and one writer, for tests that read like the rule.</summary>
internal sealed class BookWorld
{
    public static readonly AccountId Alice = AccountId.Person(Address.Parse("0x00000000000000000000000000000000000000aa"));
    public static readonly AccountId Bob = AccountId.Person(Address.Parse("0x00000000000000000000000000000000000000bb"));
    public static readonly AccountId Carol = AccountId.Person(Address.Parse("0x00000000000000000000000000000000000000cc"));
    public static readonly Hash32 Model = Keccak.HashUtf8("model");
    public static readonly AccountId Pool = AccountId.Of(AccountKind.Pool, Model);
    public static readonly AssetId Shares = AssetId.Of(Model);

    private const byte WritersSection = 12;

    private readonly ulong _writer;
    private ulong _next;

    public BookWorld() => _writer = Journalled(rows => Book.OpenWriter(Keccak.HashUtf8("test"), rows));

    public Book Book { get; } = new();

    /// <summary>The number of the one writer.</summary>
    public ulong Writer => _writer;

    public List<(byte[] Payload, long At)> Journal { get; } = [];

    /// <summary>The sequence of the last marked transfer.</summary>
    public ulong Marked { get; private set; }

    public long Now { get; set; } = 1_000;

    public static Transfer Move(AccountId debit, AccountId credit, UInt128 amount) =>
        new() { Debit = debit, Credit = credit, Amount = amount };

    public static Transfer Resolve(in Transfer reserve, TransferPhase phase, UInt128 amount) =>
        new() { Of = reserve.Id, Phase = phase, Amount = amount };

    public static CommandRecord Command(AccountId account, UInt128 nonce, long deadline) => new(
        Keccak.HashUtf8($"{account} {nonce} {deadline}"), account.Key, account.Key, nonce, deadline, "Pay", "{}", [1, 2, 3]);

    public BookWorld Fund(AccountId account, UInt128 amount)
    {
        Send(Move(AccountId.Issuance, account, amount));
        return this;
    }

    public BookWorld Issue(AccountId account, UInt128 shares)
    {
        Assert.True(Send(Move(AccountId.Issuance, account, shares) with { Asset = Shares }).Applied);
        return this;
    }

    public BookWorld RegisterModel()
    {
        Assert.Null(Apply(new BookRequest { Writer = _writer, Assets = [new AssetRecord(Shares, Pool, false, Model)] }).Result);
        return this;
    }

    public Int128 Of(AccountId account) => Book.BalanceOf(account, AssetId.Gaib).Posted;

    public Transfer Next(Transfer transfer) => transfer with { Id = Transfer.IdOf(_writer, _next++) };

    /// <summary>Gives the transfer its id and remembers the sequence.</summary>
    public Transfer Mark(Transfer transfer)
    {
        Marked = _next;
        return Next(transfer);
    }

    public TransferAnswer Send(Transfer transfer) => SendAs(Next(transfer));

    public TransferAnswer SendAs(Transfer transfer, ulong answeredThrough = 0) =>
        Apply(new BookRequest { Writer = _writer, Transfers = [transfer], AnsweredThrough = answeredThrough }).Answers[0];

    public ImmutableArray<TransferAnswer> SendAll(params Transfer[] transfers) => Submit(transfers).Answers;

    public BookReply Submit(params Transfer[] transfers) =>
        Apply(new BookRequest { Writer = _writer, Transfers = [.. transfers.Select(Next)] });

    /// <summary>Sends transfers that have their ids, in one batch.</summary>
    public BookReply SubmitAs(params Transfer[] transfers) => Apply(new BookRequest { Writer = _writer, Transfers = [.. transfers] });

    public BookReply Submit(CommandRecord command, params Transfer[] transfers) =>
        Apply(new BookRequest { Command = command, Transfers = [.. transfers] });

    public ulong OpenEphemeral() => Journalled(rows => Book.OpenEphemeralWriter(Now, rows));

    public void Close(ulong writer) => Journalled(rows =>
    {
        Book.CloseWriter(writer, rows);
        return true;
    });

    public BookReply Apply(BookRequest request)
    {
        var reply = Journalled(rows => Book.Apply(request, Now, rows));
        Assert.Null(Book.Audit());
        return reply;
    }

    /// <summary>A second book, made from the journal alone.</summary>
    public Book Replayed()
    {
        var book = new Book();
        Journal.ForEach(frame => book.Replay(frame.Payload, frame.At));
        return book;
    }

    /// <summary>The state without the memory of what was answered, which a refusal alone changes.</summary>
    public static byte[] ImageOfValue(Book book) =>
        [.. book.Freeze().Parts().Where(part => part.Span[0] != WritersSection).SelectMany(part => part.ToArray())];

    public static byte[] Image(Book book) => Image(book.Freeze());

    public static byte[] Image(FrozenBook book) => [.. book.Parts().SelectMany(part => part.ToArray())];

    private T Journalled<T>(Func<BookRows, T> act)
    {
        var rows = new BookRows();
        var answer = act(rows);
        if (!rows.IsEmpty)
        {
            Journal.Add((rows.Written.ToArray(), Book.LastAt));
        }

        return answer;
    }
}
