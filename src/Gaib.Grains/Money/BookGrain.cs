using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Gaib.Grains.Money;

/// <summary>
/// Hosts one book. Each call changes the book in memory without a pause, appends the rows, and only then awaits the log, so that
/// all callers of a moment share one flush. After any fault of the log the activation ends; the next one reads what is true.
/// </summary>
[Reentrant]
[GrainType("gaib.book")]
internal sealed partial class BookGrain(
    IJournalStore journals, Network network, IClock clock, BookMoments moments, IOptions<BookOptions> options, ILogger<BookGrain> logger)
    : Grain, IBookGrain
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100);

    private readonly BookRows _rows = new();
    private readonly TransferAnswer[] _answers = new TransferAnswer[BookRequest.TransfersMax];
    private IJournal _journal = null!;
    private Book _book = null!;
    private BookEdges _edges = null!;
    private JournalPosition _end;
    private ulong _bytesSinceSnapshot;
    private ulong _snapshotBytes;
    private Task _saving = Task.CompletedTask;
    private BookHistory? _history;

    private long Now => clock.Now;

    private string Name => BookNames.Of(this.GetPrimaryKeyLong());

    public async Task<AnswerBatch> SubmitBatch(TransferBatch batch)
    {
        if (batch.Bytes.Length % batch.SizeOfOne != 0)
        {
            return new AnswerBatch(new Rejection(Reason.BatchInvalid, batch.SizeOfOne, batch.Bytes.Length, "bytes"), default);
        }

        var answer = Change(batch, static (grain, asked) => asked.IsPlain ? grain.ApplyPlain(asked) : grain.ApplyWhole(asked));
        await KeepAsync();
        return answer;
    }

    private AnswerBatch ApplyWhole(in TransferBatch batch)
    {
        var answers = _answers.AsSpan(0, int.Min(batch.Transfers.Length, BookRequest.TransfersMax));
        var refused = _book.ApplyBatch(batch.Writer, batch.AnsweredThrough, batch.Transfers, clock.Now, _rows.Clear(), answers);
        return refused is null ? AnswerBatch.Of(batch.Transfers, answers) : new AnswerBatch(refused, default);
    }

    private AnswerBatch ApplyPlain(in TransferBatch batch)
    {
        var answers = _answers.AsSpan(0, int.Min(batch.PlainTransfers.Length, BookRequest.TransfersMax));
        var refused = _book.ApplyPlainBatch(
            batch.Writer, batch.AnsweredThrough, batch.First, batch.PlainTransfers, clock.Now, _rows.Clear(), answers, out var asAsked);
        return new AnswerBatch(refused, refused is not null || asAsked ? default : MemoryMarshal.AsBytes(answers).ToArray());
    }

    public async Task<ulong> OpenWriter(Hash32 name)
    {
        var number = Change(name, static (grain, asked) => grain._book.OpenWriter(asked, grain._rows.Clear()));
        await KeepAsync();
        return number;
    }

    public async Task<ulong> OpenEphemeralWriter()
    {
        var number = Change(clock.Now, static (grain, now) => grain._book.OpenEphemeralWriter(now, grain._rows.Clear()));
        await KeepAsync();
        return number;
    }

    public async Task CloseWriter(ulong number)
    {
        Change(number, static (grain, asked) => grain._book.CloseWriter(asked, grain._rows.Clear()));
        await KeepAsync();
    }

    public async Task<ImmutableArray<EdgeAnswer>> Arrive(uint from, ImmutableArray<EdgeTotal> totals)
    {
        await moments.WhenArrivalsPass();
        var answers = Change((from, totals), static (grain, asked) => grain._book.Arrive(asked.from, asked.totals.AsSpan(), grain.Now, grain._rows.Clear()));
        await KeepAsync();
        return [.. answers];
    }

    public Task<UInt128> GetArrivedFrom(uint from) => Durable(_book.ArrivedFrom(from));

    public async Task Deliver()
    {
        await Durable(true);
        await _edges.DeliverAsync();
    }

    public Task<string?> Audit() => Durable(_book.Audit());

    public async Task Freeze()
    {
        RequireWhole();
        var moment = new BookMoment(_book.Freeze(), _end);
        await Durable(true);
        moments.Put(this.GetPrimaryKeyLong(), moment);
    }

    private Task Tell()
    {
        _edges.Tell();
        return Task.CompletedTask;
    }

    private async Task KeepAsync()
    {
        RequireWhole();
        if (_rows.IsEmpty)
        {
            await Durable(true);
            return;
        }

        try
        {
            _end = Append();
            _bytesSinceSnapshot += (ulong)_rows.Written.Length;
            if (_bytesSinceSnapshot > ulong.Max(options.Value.SnapshotEveryBytes, options.Value.SnapshotEveryStates * _snapshotBytes) && _saving.IsCompleted)
            {
                _bytesSinceSnapshot = 0;
                _saving = SaveSnapshotAsync(_book.Freeze(), _end);
            }

            await _journal.DurableAsync(_end.Frame);
            _edges.Tell();
        }
        catch (JournalUnavailableException fault)
        {
            // What it has in memory may be lost: whoever comes before the activation is gone must not build on it.
            _isSpoilt = true;
            LogUnavailable(logger, Name, fault);
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>Rows that are not taken are in the book's memory all the same.</summary>
    private JournalPosition Append() => Change(_rows, static (grain, rows) => grain._journal.Append(rows.Written, grain._book.LastAt));

    /// <summary>
    /// A read shows nothing that could still be lost, and nothing that another owner has changed since: it waits for all that was applied
    /// before it.
    /// </summary>
    private async Task<T> Durable<T>(T answer)
    {
        RequireWhole();
        try
        {
            await _journal.DurableAsync(_end.Frame);
            return answer;
        }
        catch (JournalUnavailableException fault)
        {
            LogUnavailable(logger, Name, fault);
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}")]
    private static partial void LogMended(ILogger logger, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Book} could not write its snapshot; its next start reads more of the journal")]
    private static partial void LogNoSnapshot(ILogger logger, string book, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Book} takes nothing more until it has read its journal again")]
    private static partial void LogUnavailable(ILogger logger, string book, Exception fault);
}
