using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Gaib.Grains.Money;

/// <summary>
/// Hosts one book. Each call changes the book in memory without a pause, appends the rows, and only then awaits the log, so that
/// all callers of a moment share one flush. After any fault of the log the activation ends; the next one reads what is true.
/// </summary>
[Reentrant]
[GrainType("gaib.book")]
internal sealed partial class BookGrain(IJournalStore journals, IClock clock, BookMoments moments, ILogger<BookGrain> logger) : Grain, IBookGrain
{
    private const ulong SnapshotEveryBytes = 64 << 20;

    private readonly BookRows _rows = new();
    private readonly TransferAnswer[] _answers = new TransferAnswer[BookRequest.TransfersMax];
    private IJournal _journal = null!;
    private Book _book = new();
    private JournalPosition _end;
    private ulong _bytesSinceSnapshot;
    private Task _saving = Task.CompletedTask;

    private string Name => BookNames.Of(this.GetPrimaryKeyLong());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _journal = await journals.OpenAsync(Name, cancellationToken);
        if (_journal.Mended.Length > 0)
        {
            LogMended(logger, _journal.Mended);
        }

        if (_journal.Snapshot is { } snapshot)
        {
            _book = Book.Thaw(snapshot.Parts());
            _end = snapshot.Position;
        }

        foreach (var frame in _journal.Replay())
        {
            _book.Replay(frame.Rows, frame.At);
            _end = new JournalPosition(frame.Number, (frame.Number == _end.Frame ? _end.Offset : 0) + (uint)frame.Rows.Length);
        }

        if (_book.Audit() is { } fault)
        {
            throw new InvalidOperationException($"{Name} does not balance after replay: {fault} Restore it from a backup.");
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_journal is not null)
        {
            await _saving;
            await _journal.DisposeAsync();
        }
    }

    public async Task<BookReply> Submit(BookRequest request)
    {
        var reply = _book.Apply(request, clock.Now, _rows.Clear());
        await KeepAsync();
        return reply;
    }

    public async Task<AnswerBatch> SubmitBatch(TransferBatch batch)
    {
        if (!batch.IsWhole)
        {
            return new AnswerBatch(new Rejection(Reason.BatchInvalid, Transfer.SizeInBytes, batch.Bytes.Length, "bytes"), default);
        }

        var count = int.Min(batch.Transfers.Length, BookRequest.TransfersMax);
        var refused = _book.ApplyBatch(
            batch.Writer, batch.AnsweredThrough, batch.Transfers, clock.Now, _rows.Clear(), _answers.AsSpan(0, count));
        var answer = refused is null ? AnswerBatch.Of(batch.Transfers, _answers.AsSpan(0, count)) : new AnswerBatch(refused, default);
        await KeepAsync();
        return answer;
    }

    public async Task<ulong> OpenWriter(Hash32 name)
    {
        var number = _book.OpenWriter(name, _rows.Clear());
        await KeepAsync();
        return number;
    }

    public Task<Balance> GetBalance(AccountId account, AssetId asset) => Durable(_book.BalanceOf(account, asset));

    public Task<ImmutableArray<KeyValuePair<AccountId, Balance>>> GetBalances(AccountKind kind, AssetId asset) => Durable(
        _book.Balances.Where(b => b.Key.Account.Kind == kind && b.Key.Asset == asset)
            .Select(b => KeyValuePair.Create(b.Key.Account, b.Balance)).OrderBy(b => b.Key).ToImmutableArray());

    public Task<PoolView> GetPool(AccountId pool) => Durable(new PoolView(
        pool,
        _book.PoolOf(pool),
        [.. _book.MembersOf(pool).OrderBy(m => m.Member).Select(m => KeyValuePair.Create(m.Member, _book.SettledMember(pool, m.Member)))]));

    public Task<ImmutableArray<AccountId>> GetPoolsOf(AccountId member) => Durable(
        _book.Pools.Select(p => p.Account).Where(p => _book.MembersOf(p).Any(m => m.Member == member)).Order().ToImmutableArray());

    public Task<LastNote> GetLastNote(Hash32 stream)
    {
        var (count, last) = _book.LastNote(stream);
        return Durable(new LastNote(count, last));
    }

    public async Task<ImmutableArray<ImmutableArray<byte>>> ReadNotes(Hash32 stream, ulong after, int max)
    {
        await Durable(true);
        return [.. BookNotes.Of(journals.Read(Name), stream).Skip((int)after).Take(max)];
    }

    public Task<ulong?> GetCommandSequence(Hash32 digest) => Durable(_book.SequenceOf(digest));

    public Task<ulong> GetSequence() => Durable(_book.Sequence);

    public Task<string?> Audit() => Durable(_book.Audit());

    public Task Freeze()
    {
        moments.Put(this.GetPrimaryKeyLong(), new BookMoment(_book.Freeze(), _end));
        return Durable(true);
    }

    private async Task KeepAsync()
    {
        if (_rows.IsEmpty)
        {
            await Durable(true);
            return;
        }

        try
        {
            _end = _journal.Append(_rows.Written, _book.LastAt);
            _bytesSinceSnapshot += (ulong)_rows.Written.Length;
            if (_bytesSinceSnapshot > SnapshotEveryBytes && _saving.IsCompleted)
            {
                _bytesSinceSnapshot = 0;
                _saving = SaveSnapshotAsync(_book.Freeze(), _end);
            }

            await _journal.DurableAsync(_end.Frame);
        }
        catch (JournalUnavailableException fault)
        {
            LogUnavailable(logger, Name, fault);
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>A snapshot only shortens the next start, so that failing to write one is nobody's fault but the log's to tell.</summary>
    private async Task SaveSnapshotAsync(FrozenBook state, JournalPosition position)
    {
        try
        {
            await _journal.SaveSnapshotAsync(position, state.Parts());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JournalUnavailableException)
        {
            LogNoSnapshot(logger, Name, fault);
        }
    }

    /// <summary>A read shows nothing that could still be lost: it waits for all that was applied before it.</summary>
    private async Task<T> Durable<T>(T answer)
    {
        await _journal.DurableAsync(_end.Frame);
        return answer;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}")]
    private static partial void LogMended(ILogger logger, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Book} could not write its snapshot; its next start reads more of the journal")]
    private static partial void LogNoSnapshot(ILogger logger, string book, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Book} takes nothing more until it has read its journal again")]
    private static partial void LogUnavailable(ILogger logger, string book, Exception fault);
}
