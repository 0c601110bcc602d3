using System.Collections.Immutable;
using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;
using Microsoft.Extensions.Logging;

namespace Gaib.Grains.Money;

/// <summary>What it is asked to move, alone or together with what others ask.</summary>
internal sealed partial class BookGrain
{
    private bool _isSpoilt;

    public async Task<BookReply> Submit(BookRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var reply = Change(request, static (grain, asked) => grain._book.Apply(asked, grain.Now, grain._rows.Clear()));
        await KeepAsync();
        return reply;
    }

    public async Task<ImmutableArray<BookReply>> SubmitMany(ImmutableArray<BookRequest> requests)
    {
        if (requests.IsDefault || requests.Contains(null!))
        {
            throw new ArgumentException("A request is missing.", nameof(requests));
        }

        var replies = Change(requests, static (grain, asked) => grain.ApplyMany(asked));
        await KeepAsync();
        return replies;
    }

    private ImmutableArray<BookReply> ApplyMany(ImmutableArray<BookRequest> requests)
    {
        var (replies, rows) = (ImmutableArray.CreateBuilder<BookReply>(requests.Length), _rows.Clear());
        foreach (var request in requests)
        {
            replies.Add(_book.Apply(request, Now, rows));
        }

        return replies.MoveToImmutable();
    }

    /// <summary>
    /// Changes the book. If that fails in its middle, the book in memory is not what its rows say: nothing of it is written or answered any
    /// more, and the next activation reads what is true.
    /// </summary>
    private TResult Change<TAsked, TResult>(TAsked asked, Func<BookGrain, TAsked, TResult> change)
    {
        RequireWhole();
        try
        {
            return change(this, asked);
        }
        catch (Exception fault) when (fault is not JournalUnavailableException)
        {
            _isSpoilt = true;
            LogSpoilt(logger, Name, fault);
            DeactivateOnIdle();
            throw;
        }
    }

    private void RequireWhole()
    {
        if (_isSpoilt)
        {
            throw new JournalUnavailableException($"{Name} takes nothing more until it has read its journal again.");
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Book} failed in the middle of a request; nothing of it is kept, and it reads its journal again")]
    private static partial void LogSpoilt(ILogger logger, string book, Exception fault);
}
