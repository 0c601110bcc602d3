using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>How grains reach the book.</summary>
internal static class Books
{
    /// <summary>The book. One serves the embedded node; a cluster will choose by account here.</summary>
    public static IBookGrain Book(this IGrainFactory grains) => grains.GetGrain<IBookGrain>(0);

    /// <summary>Verifies a person's command and has the book apply it with its transfers: all of it or nothing.</summary>
    public static async Task<Outcome<BookReply>> ExecuteAsync<T>(
        this IGrainFactory grains, ICommandVerifier verifier, Signed<T> signed, params ImmutableArray<Transfer> transfers)
        where T : TypedMessage, ICommand
    {
        var verified = verifier.Verify(signed);
        if (!verified.Accepted)
        {
            return verified.Rejection;
        }

        var reply = await grains.Book().Submit(new BookRequest { Command = verified.Value, Transfers = transfers });
        return reply.Rejection is { } rejection ? rejection : reply;
    }

    /// <summary>
    /// Sends transfers that a grain has decided and stored. Their ids follow from the writer's name and their place, so that sending
    /// them again changes nothing.
    /// </summary>
    /// <param name="grains">Finds the book.</param>
    /// <param name="writer">Name of the writer, for one <c>lease:0x…</c>.</param>
    /// <param name="first">The writer's sequence of the first transfer.</param>
    /// <param name="transfers">In order.</param>
    /// <exception cref="InvalidOperationException">The book refused one: what was decided does not fit the books.</exception>
    public static async Task TellAsync(this IGrainFactory grains, string writer, ulong first, ImmutableArray<Transfer> transfers)
    {
        if (await grains.OfferAsync(writer, first, transfers) is { } refused)
        {
            throw new InvalidOperationException($"{writer}: the book refused a decided transfer: {refused}");
        }
    }

    /// <summary>
    /// Sends transfers as <see cref="TellAsync"/> does, where the book may refuse: somebody else moves the same account. A refusal
    /// stands under that id for ever; the next try takes the writer's next place.
    /// </summary>
    public static async Task<Rejection?> OfferAsync(this IGrainFactory grains, string writer, ulong first, ImmutableArray<Transfer> transfers)
    {
        var book = grains.Book();
        for (var next = 0; next < transfers.Length;)
        {
            // One request takes so many transfers, and one writer's window little more: each part has a writer of its own.
            var part = (first + (ulong)next) / BookRequest.TransfersMax;
            var at = (first + (ulong)next) % BookRequest.TransfersMax;
            var count = int.Min(transfers.Length - next, BookRequest.TransfersMax - (int)at);
            var number = await book.OpenWriter(Keccak.HashUtf8(part == 0 ? writer : $"{writer}/{part}"));
            var reply = await book.Submit(new BookRequest
            {
                Writer = number,
                AnsweredThrough = next == 0 ? at : 0,
                Transfers = [.. transfers.Slice(next, count).Select((t, i) => t with { Id = Transfer.IdOf(number, at + (ulong)i) })],
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
    public static async Task RegisterAsync(this IGrainFactory grains, string writer, AssetRecord asset)
    {
        var book = grains.Book();
        var number = await book.OpenWriter(Keccak.HashUtf8(writer));
        var reply = await book.Submit(new BookRequest { Writer = number, Assets = [asset] });
        if (reply.Rejection is { } rejection)
        {
            throw new InvalidOperationException($"{writer}: the book refused the asset {asset.Asset}: {rejection}");
        }
    }
}
