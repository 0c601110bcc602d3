using System.Collections.Immutable;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>What it is asked to move, alone or together with what others ask.</summary>
internal sealed partial class BookGrain
{
    public async Task<BookReply> Submit(BookRequest request)
    {
        var reply = _book.Apply(request, clock.Now, _rows.Clear());
        await KeepAsync();
        return reply;
    }

    public async Task<ImmutableArray<BookReply>> SubmitMany(ImmutableArray<BookRequest> requests)
    {
        var (replies, rows) = (ImmutableArray.CreateBuilder<BookReply>(requests.Length), _rows.Clear());
        try
        {
            foreach (var request in requests)
            {
                replies.Add(_book.Apply(request, clock.Now, rows));
            }
        }
        finally
        {
            // Whatever one of them does to the book: what it took from the others lies in memory, so it must lie in the journal too.
            await KeepAsync();
        }

        return replies.MoveToImmutable();
    }
}
