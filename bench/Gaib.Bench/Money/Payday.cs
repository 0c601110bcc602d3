using System.Diagnostics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Bench.Money;

/// <summary>A pool of many members in a durable book, fed and paid out again and again.</summary>
internal sealed class Payday
{
    private readonly BookSide _side;
    private readonly AccountId _pool;
    private readonly int _members;
    private readonly ulong _payer;
    private ulong _next;

    private Payday(BookSide side, AccountId pool, int members, ulong payer)
    {
        (_side, _pool, _payer, _members) = (side, pool, payer, members);
    }

    /// <summary>Makes the pool.</summary>
    public static async Task<Payday> OpenAsync(BookSide side, string name, int members)
    {
        var issuer = await side.Book.OpenWriter(Keccak.HashUtf8($"{name} issuer"));
        foreach (var request in PoolOfMany.Requests(name, issuer, members))
        {
            PoolOfMany.Require(await side.Book.Submit(request));
            side.Expect((ulong)request.Transfers.Length);
        }

        return new Payday(side, PoolOfMany.AccountOf(name), members, await side.Book.OpenWriter(Keccak.HashUtf8($"{name} payer")));
    }

    /// <summary>Feeds the pool, then pays every member what it is owed.</summary>
    /// <returns>Milliseconds of the second, until it was durable and answered.</returns>
    public async Task<double> RunAsync(long amount)
    {
        PoolOfMany.Require(await _side.Book.Submit(new BookRequest
        {
            Writer = _payer,
            AnsweredThrough = _next,
            Transfers = [new Transfer { Id = Transfer.IdOf(_payer, _next++), Debit = People.Of(1), Credit = _pool, Amount = (UInt128)amount }],
        }));
        _side.Expect(1);
        var before = await _side.Book.GetSequence();
        var begun = Stopwatch.GetTimestamp();
        await PayAllAsync();
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var paid = await _side.Book.GetSequence() - before;
        _side.Expect(paid);
        return paid == (ulong)_members
            ? took
            : throw new InvalidOperationException($"The pool has {_members} members, and {paid} were paid.");
    }

    /// <summary>Pays all members, page by page: the one place that says how.</summary>
    private async Task PayAllAsync()
    {
        var from = 0;
        do
        {
            var reply = await _side.Book.Submit(new BookRequest { Writer = _payer, Settle = new PoolSettle(_pool, from, PoolSettle.MembersMax) });
            PoolOfMany.Require(reply);
            from = reply.SettledTo;
        }
        while (from > 0);
    }
}
