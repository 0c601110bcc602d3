using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Kills.Tests.Node;

namespace Gaib.Kills.Tests.Load;

/// <summary>Somebody who asks a book, one question at a time, and knows of each whether it was answered.</summary>
internal abstract class Caller
{
    /// <summary>What this caller alone has moved, all of it answered.</summary>
    public abstract Holdings Holdings { get; }

    /// <summary>Makes itself known; the same at every start.</summary>
    public abstract Task OpenAsync(Life life);

    /// <summary>Asks once: what was not answered yet, or something new.</summary>
    public abstract Task AskAsync(Life life, Random random);

    /// <summary>Asks again what was not answered, then what was answered lately, which must be answered the same.</summary>
    public abstract Task AskAgainAsync(Life life);
}

/// <summary>A caller that writes transfers with ids of its own.</summary>
internal abstract class WriterCaller(string name) : Caller
{
    private const int Kept = 5;

    private readonly Queue<Batch> _answered = [];
    private Batch? _unanswered;
    private Batch? _dropped;
    private Batch? _tooOld;
    private ulong? _writer;
    private ulong _next;

    protected ulong Writer => _writer!.Value;

    /// <summary>Below which sequence the batch that is drawn says that all was answered.</summary>
    protected ulong AnsweredThrough { get; private set; }

    public override async Task OpenAsync(Life life)
    {
        var number = await life.AskAsync(book => book.OpenWriter(Keccak.HashUtf8(name)));
        Assert.Equal(_writer ?? number, number);
        _writer = number;
    }

    public override async Task AskAsync(Life life, Random random)
    {
        if (_unanswered is null)
        {
            var transfers = Draw(random);
            for (var i = 0; i < transfers.Length; i++)
            {
                transfers[i].Id = Transfer.IdOf(Writer, _next + (ulong)i);
            }

            _next += (ulong)transfers.Length;
            var seen = _answered.TryPeek(out var oldest) ? oldest.Transfers[0].Sequence : transfers[0].Sequence;
            AnsweredThrough = seen;
            _unanswered = new Batch(transfers, seen, Predict(transfers));
        }

        await SendUnansweredAsync(life);
    }

    public override async Task AskAgainAsync(Life life)
    {
        if (_unanswered is not null)
        {
            await SendUnansweredAsync(life);
        }

        foreach (var batch in _answered)
        {
            Assert.Equal(batch.Answers, await SendAsync(life, batch.Transfers, batch.AnsweredThrough));
        }

        await ReuseAnIdAsync(life);
        if (_tooOld is { } old)
        {
            var answers = await SendAsync(life, old.Transfers, old.AnsweredThrough);
            Assert.All(answers, answer => Assert.Equal(new TransferAnswer(Reason.TooOld, 0), answer));
        }
    }

    /// <summary>Draws transfers; their ids are filled in before they are predicted. The last is not linked.</summary>
    protected abstract Transfer[] Draw(Random random);

    /// <summary>What must be answered; null when it depends on others.</summary>
    protected abstract TransferAnswer[]? Predict(Transfer[] transfers);

    /// <summary>What depends on others was answered for the first time.</summary>
    protected virtual void Learn(Transfer[] transfers, TransferAnswer[] answers)
    {
    }

    private async Task SendUnansweredAsync(Life life)
    {
        var batch = _unanswered!;
        var answers = await SendAsync(life, batch.Transfers, batch.AnsweredThrough);
        if (batch.Answers is null)
        {
            Learn(batch.Transfers, answers);
        }

        Assert.Equal(batch.Answers ?? answers, answers);
        _unanswered = null;
        _answered.Enqueue(batch with { Answers = answers });
        if (_answered.Count > Kept)
        {
            // The batch that was answered now raised the floor to the beginning of the oldest one that was kept then. What was dropped
            // before lies below it.
            _tooOld = _dropped;
            _dropped = _answered.Dequeue();
        }
    }

    /// <summary>An id that was taken by one transfer is refused to another one, and that changes nothing.</summary>
    private async Task ReuseAnIdAsync(Life life)
    {
        if (_answered.LastOrDefault() is { } last)
        {
            var other = last.Transfers[^1] with { Cause = Keccak.HashUtf8("another cause"), Flags = TransferFlags.None };
            var answers = await SendAsync(life, [other], last.AnsweredThrough);
            Assert.Equal([new TransferAnswer(Reason.IdReused, 0)], answers);
        }
    }

    private async Task<TransferAnswer[]> SendAsync(Life life, Transfer[] transfers, ulong answeredThrough)
    {
        var batch = await life.AskAsync(book => book.SubmitBatch(TransferBatch.Of(Writer, answeredThrough, transfers)));
        Assert.Null(batch.Refused);
        var answers = new TransferAnswer[transfers.Length];
        batch.CopyTo(transfers, answers);
        return answers;
    }

    private sealed record Batch(Transfer[] Transfers, ulong AnsweredThrough, TransferAnswer[]? Answers);
}
