using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Grains.Money;
using Gaib.Storage;
using Gaib.Storage.Journal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gaib.Silo.Ledger;

/// <summary>
/// Checks each living book against its journal while the node runs. The first audit folds the journal from its first frame; each later one
/// begins with the newest snapshot that an earlier one has compared, folds the rows since, and keeps only the accounts that they touch.
/// Either way it compares every newer snapshot, and at last the state that the book has in memory. A difference is logged and shown in the
/// metrics for as long as the node runs; it stops nothing.
/// </summary>
public sealed partial class LedgerAudit(
    IGrainFactory grains,
    Network network,
    BookMoments moments,
    IOptions<JournalOptions> journals,
    LedgerAuditOptions options,
    LedgerInstruments instruments,
    ILogger<LedgerAudit> logger) : BackgroundService
{
    /// <summary>What the living book is called in a report.</summary>
    public const string LivingBook = "the living book";

    // Snapshots that were found right by this process, by book, by name and by the checksum of their frame.
    private readonly HashSet<(uint Book, string Name, UInt128 FrameChecksum)> _right = [];
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The last audit's report; null before the first.</summary>
    public LedgerReport? Last { get; private set; }

    /// <summary>Audits a book now.</summary>
    /// <param name="book">Its number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalUnavailableException">The journal or a snapshot can't be read.</exception>
    /// <exception cref="HostedElsewhereException">Another silo hosts the book, and audits it.</exception>
    public async Task<LedgerReport> RunOnceAsync(uint book = 0, CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var started = options.Time.GetTimestamp();
            // What an earlier one left, that failed after it, is of no use any more.
            _ = moments.Take(book);
            await grains.GetGrain<IBookGrain>(book).Freeze();
            if (moments.Take(book) is not { } moment)
            {
                instruments.OnElsewhere(book);
                throw new HostedElsewhereException(book);
            }

            var (report, folded) = await LowPriority.RunAsync("ledger audit", () => Audit(book, moment, cancellationToken));
            Tell(book, report, folded, options.Time.GetElapsedTime(started));
            return Last = report;
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or HostedElsewhereException))
        {
            instruments.OnFailed(book);
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Interval, options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                for (var book = 0U; book < network.Books; book++)
                {
                    await TryOnceAsync(book, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task TryOnceAsync(uint book, CancellationToken stoppingToken)
    {
        try
        {
            await RunOnceAsync(book, stoppingToken);
        }
        catch (HostedElsewhereException)
        {
            // Its own silo tells.
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFailed(logger, BookNames.Of(book), fault);
        }
    }

    private (LedgerReport Report, ulong Folded) Audit(uint book, BookMoment moment, CancellationToken cancellationToken)
    {
        using var journal = new JournalReader(Path.Combine(journals.Value.Directory, BookNames.Of(book)));
        var snapshots = journal.Snapshots();
        var from = snapshots.FirstOrDefault(snapshot => _right.Contains((book, snapshot.Name, snapshot.FrameChecksum)) && IsWithin(snapshot, moment));
        var states = snapshots.Where(snapshot => snapshot != from && IsWithin(snapshot, moment)).Select(LedgerState.Of)
            .Append(new LedgerState(LivingBook, moment.Position, null, moment.State.Parts));
        var walk = new LedgerWalk(journal, from is null ? null : LedgerState.Of(from), states) { EndsWithLastState = true };
        walk.Run(cancellationToken);
        var report = LedgerReport.Of(BookNames.Of(book), walk);
        if (report.IsEqual)
        {
            _right.RemoveWhere(snapshot => snapshot.Book == book);
            _right.UnionWith(snapshots.Where(snapshot => IsWithin(snapshot, moment)).Select(snapshot => (book, snapshot.Name, snapshot.FrameChecksum)));
        }

        return (report, walk.Folded);
    }

    /// <summary>A snapshot may have been made after the book's state was taken; it is compared the next time.</summary>
    private static bool IsWithin(FoundSnapshot snapshot, BookMoment moment) =>
        snapshot.Position.Frame < moment.Position.Frame
        || (snapshot.Position.Frame == moment.Position.Frame && snapshot.Position.Offset <= moment.Position.Offset);

    private void Tell(uint book, LedgerReport report, ulong folded, TimeSpan took)
    {
        if (report.IsEqual)
        {
            instruments.OnEqual(book, report.Transfers, folded, took);
            return;
        }

        instruments.OnDiffers(book, folded, took);
        foreach (var difference in report.Differences)
        {
            LogDiffers(logger, report.Book, difference);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Book} differs from its journal: {Difference}")]
    private static partial void LogDiffers(ILogger logger, string book, LedgerDifference difference);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Book} could not be audited; it is tried again at the next interval")]
    private static partial void LogFailed(ILogger logger, string book, Exception fault);
}
