using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>How grains reach the books: for reads directly, for whatever moves value through the silo's <see cref="BookSender"/>.</summary>
internal static class Books
{
    /// <summary>Book 0: it holds everything but the GAIB of people, and all shares.</summary>
    public static IBookGrain Book(this IGrainFactory grains) => grains.GetGrain<IBookGrain>(0);

    /// <summary>The book that holds an account's balance of an asset.</summary>
    public static IBookGrain BookOf(this IGrainFactory grains, Network network, AccountId account, AssetId asset = default) =>
        grains.GetGrain<IBookGrain>(asset == AssetId.Gaib ? network.HomeOf(account) : 0);

    /// <summary>Every account of a kind with its balance of GAIB, over all books, ordered by key.</summary>
    public static async Task<ImmutableArray<KeyValuePair<AccountId, Balance>>> BalancesAsync(
        this IGrainFactory grains, Network network, AccountKind kind)
    {
        var books = Enumerable.Range(0, (int)network.Books).Select(book => grains.GetGrain<IBookGrain>(book).GetBalances(kind, AssetId.Gaib));
        return [.. (await Task.WhenAll(books)).SelectMany(rows => rows).OrderBy(row => row.Key)];
    }

    /// <summary>
    /// Has the book of who pays apply a command with its transfers, and returns when what they pay to accounts of other books is there.
    /// A command that moves nothing, or shares, is kept in book 0; notes are kept beside it.
    /// </summary>
    public static async Task<BookReply> SubmitAsync(
        this BookSender books, Network network, CommandRecord command, ImmutableArray<Transfer> transfers, params ImmutableArray<Note> notes)
    {
        var home = transfers is [{ Asset: var asset } first, ..] && asset == AssetId.Gaib ? network.HomeOf(first.Debit) : 0;
        var reply = await books.SubmitAsync(home, new BookRequest { Command = command, Transfers = transfers, Notes = notes });
        var place = new BookPlace(home, network.Books);
        if (reply.Applied && transfers.Any(t => t.Asset == AssetId.Gaib && !place.Holds(t.Credit)))
        {
            await books.Of(home).Deliver();
        }

        return reply;
    }

    /// <summary>Verifies a person's command and has the book apply it with its transfers: all of it or nothing.</summary>
    public static async Task<Outcome<BookReply>> ExecuteAsync<T>(
        this BookSender books, ICommandVerifier verifier, Network network, Signed<T> signed, params ImmutableArray<Transfer> transfers)
        where T : TypedMessage, ICommand
    {
        var verified = verifier.Verify(signed);
        if (!verified.Accepted)
        {
            return verified.Rejection;
        }

        try
        {
            var reply = await books.SubmitAsync(network, verified.Value, transfers);
            return reply.Rejection is { } rejection ? rejection : reply;
        }
        catch (BookBusyException busy)
        {
            // The signer sends it again, so that nothing is kept here that an answer would end.
            return busy.Rejection;
        }
    }

    /// <summary>
    /// Sends transfers that a grain has decided and stored. Their ids follow from the writer's name and their place, so that sending
    /// them again changes nothing.
    /// </summary>
    /// <param name="books">The way to the book.</param>
    /// <param name="writer">Name of the writer, for one <c>lease:0x…</c>.</param>
    /// <param name="first">The writer's sequence of the first transfer.</param>
    /// <param name="transfers">In order.</param>
    /// <exception cref="InvalidOperationException">The book refused one: what was decided does not fit the books.</exception>
    public static async Task TellAsync(this BookSender books, string writer, ulong first, ImmutableArray<Transfer> transfers)
    {
        if (await books.OfferAsync(0, writer, first, transfers) is { } refused)
        {
            throw new InvalidOperationException($"{writer}: the book refused a decided transfer: {refused}");
        }
    }

    /// <summary>
    /// Sends transfers as <see cref="TellAsync"/> does, all of them debits of one book's accounts, where that book may refuse: somebody else
    /// moves the same account. A refusal stands under that id for ever; the next try takes the writer's next place.
    /// </summary>
    public static async Task<Rejection?> OfferAsync(
        this BookSender books, long book, string writer, ulong first, ImmutableArray<Transfer> transfers)
    {
        for (var next = 0; next < transfers.Length;)
        {
            // One request takes so many transfers, and one writer's window little more: each part has a writer of its own.
            var part = (first + (ulong)next) / BookRequest.TransfersMax;
            var at = (first + (ulong)next) % BookRequest.TransfersMax;
            var count = int.Min(transfers.Length - next, BookRequest.TransfersMax - (int)at);
            var reply = await books.SubmitAsync(book, new BookRequest
            {
                WriterName = Keccak.HashUtf8(part == 0 ? writer : $"{writer}/{part}"),
                AnsweredThrough = next == 0 ? at : 0,
                Transfers = [.. transfers.Slice(next, count).Select((t, i) => t with { Id = at + (ulong)i })],
            });
            if (reply.Rejection is { } refused)
            {
                return refused;
            }

            next += count;
        }

        return null;
    }

    /// <summary>Registers an asset; the book takes the same one again without an effect.</summary>
    /// <exception cref="InvalidOperationException">Another asset has its number.</exception>
    public static async Task RegisterAsync(this BookSender books, string writer, AssetRecord asset)
    {
        var reply = await books.SubmitAsync(0, new BookRequest { WriterName = Keccak.HashUtf8(writer), Assets = [asset] });
        if (reply.Rejection is { } rejection)
        {
            throw new InvalidOperationException($"{writer}: the book refused the asset {asset.Asset}: {rejection}");
        }
    }
}
