using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Kills.Tests.Node;

namespace Gaib.Kills.Tests.Load;

/// <summary>
/// Sends commands, each with transfers and a note. A command is accepted whole or leaves no trace; asked again it is answered the same, and
/// its note is kept once.
/// </summary>
internal sealed class CommandCaller : Caller
{
    private static readonly AccountId Payer = Names.Person("payer of commands");

    private readonly Prediction _prediction = new();
    private readonly Queue<(BookRequest Request, BookReply Reply)> _answered = [];
    private (BookRequest Request, TransferAnswer[] Answers)? _unanswered;
    private ulong _nonce;
    private ulong _writer;

    public static Hash32 Stream { get; } = Keccak.HashUtf8("notes of commands");

    public override Holdings Holdings => _prediction.Holdings;

    /// <summary>How many commands were accepted.</summary>
    public ulong Accepted { get; private set; }

    /// <summary>How many were accepted by a node that was killed before it had answered.</summary>
    public int Kept { get; private set; }

    /// <summary>How many were under way when the node was killed, and left no trace.</summary>
    public int Lost { get; private set; }

    /// <summary>The digest of the last one that was refused.</summary>
    public Hash32? LastRefused { get; private set; }

    public override async Task OpenAsync(Life life)
    {
        _writer = await life.AskAsync(book => book.OpenWriter(Keccak.HashUtf8("funds of commands")));
        var fund = new Transfer { Id = Transfer.IdOf(_writer, 0), Debit = AccountId.Issuance, Credit = Payer, Amount = 1_000_000_000 };
        var request = new BookRequest { Writer = _writer, Transfers = [fund], Assets = [Names.Asset(Names.Own), Names.Asset(Names.Shared)] };
        var reply = await life.AskAsync(book => book.Submit(request));
        Assert.True(reply.Applied);
        if (Holdings.Applied == 0)
        {
            _prediction.Answer([fund]);
        }
    }

    public override async Task AskAsync(Life life, Random random)
    {
        _unanswered ??= Draw(random);
        await SendAsync(life);
    }

    public override async Task AskAgainAsync(Life life)
    {
        if (_unanswered is not null && await SendAsync(life) is { Result: null } resent)
        {
            (Kept, Lost) = resent.Repeated ? (Kept + 1, Lost) : (Kept, Lost + 1);
        }

        foreach (var (request, first) in _answered)
        {
            var reply = await life.AskAsync(book => book.Submit(request));
            Assert.Equal((true, first.Sequence), (reply.Repeated, reply.Sequence));
            Assert.Equal(first.Answers.ToArray(), reply.Answers.ToArray());
        }
    }

    private (BookRequest Request, TransferAnswer[] Answers) Draw(Random random)
    {
        var digest = Keccak.HashUtf8($"command {++_nonce}");
        var transfers = Enumerable.Range(0, random.Next(1, 4)).Select(i => new Transfer
        {
            Debit = Payer, Credit = Names.Inbox(i), Amount = (UInt128)(random.Next(8) == 0 ? int.MaxValue : random.Next(1, 900)), Cause = digest,
        }).ToArray();
        var command = new CommandRecord(
            digest, Payer.Key, Payer.Key, _nonce, long.MaxValue, "Pay", "{}", [.. new byte[65]]);
        var request = new BookRequest
        {
            Command = command, Transfers = [.. transfers], Notes = [new Note(Stream, [.. BitConverter.GetBytes(_nonce)])],
        };

        // All of a command or nothing: predicted as one chain.
        var chain = transfers.Select((t, i) => t with { Flags = i + 1 < transfers.Length ? TransferFlags.Linked : TransferFlags.None }).ToArray();
        return (request, _prediction.Answer(chain));
    }

    private async Task<BookReply> SendAsync(Life life)
    {
        var (request, expected) = _unanswered!.Value;
        var reply = await life.AskAsync(book => book.Submit(request));
        if (expected.All(answer => answer.Applied))
        {
            Assert.Null(reply.Result);
            Assert.Equal(expected, reply.Answers.ToArray());
            Accepted++;
            _answered.Enqueue((request, reply));
        }
        else
        {
            Assert.Equal(expected.First(answer => answer.Result != Reason.LinkedFailed).Result, reply.Result?.Reason);
            LastRefused = request.Command!.Digest;
        }

        if (_answered.Count > 3)
        {
            _answered.Dequeue();
        }

        _unanswered = null;
        return reply;
    }
}
