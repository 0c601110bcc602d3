using System.Collections.Immutable;
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
    IJournalStore journals, Network network, IClock clock, IOptions<BookOptions> options, ILogger<BookGrain> logger) : Grain, IBookGrain
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100);

    private readonly BookRows _rows = new();
    private readonly TransferAnswer[] _answers = new TransferAnswer[BookRequest.TransfersMax];
    private IJournal _journal = null!;
    private Book _book = null!;
    private BookEdges _edges = null!;
    private JournalPosition _end;
    private ulong _bytesSinceSnapshot;
    private Task _saving = Task.CompletedTask;
    private BookHistory? _history;

    private BookHistory History => _history ??= new BookHistory(journals.OpenHistory(Name));

    private string Name => BookNames.Of(this.GetPrimaryKeyLong());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _journal = await journals.OpenAsync(Name, cancellationToken);
        if (_journal.Mended.Length > 0)
        {
            LogMended(logger, _journal.Mended);
        }

        var place = new BookPlace((uint)this.GetPrimaryKeyLong(), network.Books);
        _book = new Book(place);
        if (_journal.Snapshot is { } snapshot)
        {
            _book = Book.Thaw(snapshot.Parts(), place);
            _end = snapshot.Position;
        }

        foreach (var frame in _journal.Replay())
        {
            _book.Replay(frame.Rows, frame.At);
            _end = new JournalPosition(frame.Number, (uint)frame.Rows.Length);
        }

        if (_book.Audit() is { } fault)
        {
            throw new InvalidOperationException($"{Name} does not balance after replay: {fault} Restore it from a backup.");
        }

        _edges = new BookEdges(GrainFactory, _book, () => Durable(true));
        if (network.Books > 1)
        {
            this.RegisterGrainTimer(_ => Tell(), TimeSpan.Zero, TellEvery);
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _history?.Dispose();
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

    public Task<PoolView> GetPool(AccountId pool) => GetPoolPage(pool, 0, PoolView.MembersMax);

    public Task<PoolView> GetPoolPage(AccountId pool, int from, int max)
    {
        var page = _book.MembersOf(pool, from).Take(int.Clamp(max, 1, PoolView.MembersMax)).ToArray();
        return Durable(new PoolView(
            pool,
            _book.PoolOf(pool),
            [.. page.OrderBy(m => m.Member).Select(m => KeyValuePair.Create(m.Member, _book.SettledMember(pool, m.Member)))],
            _book.MemberCountOf(pool),
            page is [.., var last] ? last.Next : 0));
    }

    public Task<PoolMember> GetPoolMember(AccountId pool, AccountId member) => Durable(_book.SettledMember(pool, member));

    public Task<ImmutableArray<AccountId>> GetPoolsOf(AccountId member) => Durable(_book.PoolsOf(member).Order().ToImmutableArray());

    public Task<LastNote> GetLastNote(Hash32 stream)
    {
        var (count, last) = _book.LastNote(stream);
        return Durable(new LastNote(count, last));
    }

    public async Task<ImmutableArray<ImmutableArray<byte>>> ReadNotes(Hash32 stream, ulong after, int max)
    {
        var end = _end;
        await Durable(true);
        return [.. BookNotes.Of(journals.Read(Name), stream, end.Frame).Skip((int)after).Take(max)];
    }

    public async Task<LedgerEntry?> FindTransfer(UInt128 id)
    {
        var durable = await Durable(_end.Frame);
        return await History.ReadAsync(history => history.Find(id, durable));
    }

    public async Task<ImmutableArray<LedgerEntry>> GetStatement(StatementRange range)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.Max, StatementRange.EntriesMax);
        var durable = await Durable(_end.Frame);
        return await History.ReadAsync(history => history.Statement(range, durable).Take(range.Max).ToImmutableArray());
    }

    public Task<ulong?> GetCommandSequence(Hash32 digest) => Durable(_book.SequenceOf(digest));

    public Task<ulong> GetSequence() => Durable(_book.Sequence);

    public async Task<ImmutableArray<EdgeAnswer>> Arrive(uint from, ImmutableArray<EdgeTotal> totals)
    {
        var answers = _book.Arrive(from, totals.AsSpan(), clock.Now, _rows.Clear());
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

    private Task Tell()
    {
        _edges.Tell();
        return Task.CompletedTask;
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
            if (_bytesSinceSnapshot > options.Value.SnapshotEveryBytes && _saving.IsCompleted)
            {
                _bytesSinceSnapshot = 0;
                _saving = SaveSnapshotAsync(_book.Freeze(), _end);
            }

            await _journal.DurableAsync(_end.Frame);
            _edges.Tell();
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
