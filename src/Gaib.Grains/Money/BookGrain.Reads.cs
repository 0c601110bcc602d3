using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;

namespace Gaib.Grains.Money;

/// <summary>What a book shows: nothing that could still be lost.</summary>
internal sealed partial class BookGrain
{
    private BookHistory History => _history ??= new BookHistory(journals.OpenHistory(Name));

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
        var (end, count) = (_end, _book.LastNote(stream).Count);
        await Durable(true);
        return await History.ReadAsync(history => history.Notes(stream, count, after, int.Clamp(max, 0, StatementRange.EntriesMax), end));
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
}
