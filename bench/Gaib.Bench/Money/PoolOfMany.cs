using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Bench.Money;

/// <summary>A pool and the requests that make it: an asset, and units of it for so many people.</summary>
internal static class PoolOfMany
{
    // A prime, so that the pool's divisions leave remainders and members have fractions, as in life.
    private const ulong UnitsEach = 999_983;

    /// <summary>The pool of a name.</summary>
    public static AccountId AccountOf(string name) => AccountId.Of(AccountKind.Pool, Keccak.HashUtf8(name));

    /// <summary>The requests, in order.</summary>
    /// <param name="name">Names pool and asset.</param>
    /// <param name="writer">A fresh writer, whose sequences are used from 0 on.</param>
    /// <param name="members">How many.</param>
    public static IEnumerable<BookRequest> Requests(string name, ulong writer, int members)
    {
        var id = Keccak.HashUtf8(name);
        yield return new BookRequest { Writer = writer, Assets = [new AssetRecord(AssetId.Of(id), AccountOf(name), Frozen: false, id)] };
        foreach (var chunk in Enumerable.Range(0, members).Chunk(5_000))
        {
            yield return new BookRequest
            {
                Writer = writer,
                AnsweredThrough = (ulong)chunk[0],
                Transfers = [.. chunk.Select(number => new Transfer
                {
                    Id = Transfer.IdOf(writer, (ulong)number), Debit = AccountId.Issuance, Credit = People.Of(number), Asset = AssetId.Of(id), Amount = UnitsEach,
                })],
            };
        }
    }

    /// <summary>Throws where a book did not do what it was asked.</summary>
    public static BookReply Require(BookReply reply) =>
        reply.Applied ? reply : throw new InvalidOperationException($"The book refused: {reply.Rejection}");
}
