using System.Collections.Immutable;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

public sealed partial class Book
{
    private readonly (int Member, uint Hash, int To)[] _page = new (int Member, uint Hash, int To)[Ahead];

    /// <summary>A member's row, and the rows that come after it in its pool's list and in its own.</summary>
    internal struct MemberRow
    {
        public PoolMember Member;
        public int NextInPool;
        public int NextOfMember;
    }

    /// <summary>A list through the rows of members, the newest first, and how many of its members are pools. Places are index + 1; 0 is the end.</summary>
    internal record struct MemberList(int First, int Count, int Pools);

    internal readonly record struct MemberKey(AccountId Pool, AccountId Member);

    /// <summary>The member's row for writing; a new member joins both lists.</summary>
    private ref PoolMember TouchMember(AccountId pool, AccountId member)
    {
        var key = new MemberKey(pool, member);
        var index = _members.Find(key);
        if (index >= 0)
        {
            return ref _members.Touch(index).Member;
        }

        ref var row = ref _members.Touch(key);
        ref var members = ref _membersOfPool.Touch(pool);
        ref var pools = ref _poolsOfMember.Touch(member);
        (row.NextInPool, row.NextOfMember) = (members.First, pools.First);
        members = new MemberList(_members.Count, members.Count + 1, members.Pools + (member.Kind == AccountKind.Pool ? 1 : 0));
        pools = new MemberList(_members.Count, pools.Count + 1, 0);
        return ref row.Member;
    }

    /// <summary>Has every pool that a share transfer or a collect is about to settle first take in what its own parents owe it.</summary>
    private Reason PullParents(in Transfer transfer, BookRows rows) =>
        transfer.Asset != AssetId.Gaib ? Pull(_assets[transfer.Asset].Pool, 0, rows)
        : transfer.IsCollect ? Pull(transfer.Debit, 0, rows)
        : Reason.None;

    private Reason Pull(AccountId pool, int depth, BookRows rows)
    {
        if (depth > NestingMax)
        {
            return Reason.PoolCycle;
        }

        foreach (var parent in PoolsOf(pool))
        {
            if (Pull(parent, depth + 1, rows) is not Reason.None and var cycle)
            {
                return cycle;
            }

            Collect(parent, pool, rows);
        }

        return Reason.None;
    }

    private void CollectAll(ImmutableArray<PoolCollect> collects, BookRows rows)
    {
        foreach (var (pool, member) in collects)
        {
            if (_pools.Contains(pool) && member.IsValid && Pull(pool, 0, rows) == Reason.None)
            {
                Collect(pool, member, rows);
            }
        }
    }

    private void Collect(AccountId pool, AccountId member, BookRows rows)
    {
        var collect = new Transfer { Debit = pool, Credit = member, Flags = TransferFlags.Collect, Cause = CollectCause(pool) };
        collect.Peer = PeerOf(collect);
        Resolve(ref collect);
        if (collect.Amount > 0 && CheckLimits(collect) == Reason.None)
        {
            collect.Id = Transfer.IdOf(PoolWriter, ++_ownSequence[PoolWriter]);
            Post(collect);
            rows.AddTransfer(collect);
        }
    }

    /// <summary>The cause of a collect that the book itself makes: the id of the asset's model.</summary>
    private Hash32 CollectCause(AccountId pool) => _assets[_pools.Get(pool).Asset].Cause;

    /// <summary>Pays a page of a pool's members all that it owes them.</summary>
    /// <returns>Where the next page begins; 0 at the end.</returns>
    private int SettlePage(PoolSettle asked, BookRows rows)
    {
        if (!_pools.Contains(asked.Pool) || asked.From < 0 || asked.From > _members.Count || Pull(asked.Pool, 0, rows) != Reason.None)
        {
            return 0;
        }

        var payer = new Payer(asked.Pool, _pools.Get(asked.Pool), CollectCause(asked.Pool), _balances.Find(new BalanceKey(asked.Pool, AssetId.Gaib)));
        var next = asked.From == 0 ? _membersOfPool.Get(asked.Pool).First : asked.From;
        for (var left = int.Clamp(asked.Max, 1, PoolSettle.MembersMax); left > 0 && next > 0;)
        {
            next = LookAtMembers(asked.Pool, next, int.Min(left, Ahead), out var count);
            left -= count;
            for (var i = 0; i < count; i++)
            {
                Collect(payer, _page[i].Member, _page[i].To, rows);
            }
        }

        return next;
    }

    /// <summary>Walks the list and finds the members' accounts, of many at once, as <see cref="LookAhead"/> does.</summary>
    private int LookAtMembers(AccountId pool, int next, int max, out int count)
    {
        count = 0;
        while (count < max && next > 0 && _members.KeyAt(next - 1).Pool == pool)
        {
            var hash = HashOf(_members.KeyAt(next - 1).Member);
            _page[count++] = (next - 1, hash, -1);
            _touched += _balances.Peek(hash);
            next = _members[next - 1].NextInPool;
        }

        for (var i = 0; i < count; i++)
        {
            var key = new BalanceKey(_members.KeyAt(_page[i].Member).Member, AssetId.Gaib);
            _page[i].To = _balances.Find(key, _page[i].Hash);
            _touched += _page[i].To < 0 ? 0 : (ulong)_balances[_page[i].To].CreditsPending;
        }

        return count == 0 ? 0 : next;
    }

    /// <summary>What <see cref="Collect(AccountId, AccountId, BookRows)"/> does, for a member whose rows are found already.</summary>
    private void Collect(in Payer payer, int index, int to, BookRows rows)
    {
        var settled = _members[index].Member;
        PoolRule.Settle(payer.State, ref settled);
        var due = PoolRule.Due(settled);
        var account = _members.KeyAt(index).Member;
        if (due == 0 || account.Kind == AccountKind.Pool || to < 0 || payer.Row < 0 || !place.Holds(account))
        {
            // A pool in a pool is fed by what it collects, and an account's first income makes its row: the long way.
            Collect(payer.Pool, account, rows);
            return;
        }

        ref readonly var debit = ref _balances[payer.Row];
        ref readonly var credit = ref _balances[to];
        if (credit.CreditsPosted + credit.CreditsPending + due >= TotalMax || debit.DebitsPosted + debit.DebitsPending + due >= TotalMax)
        {
            return;
        }

        Sequence++;
        settled.Collected += due;
        _members.Touch(index).Member = settled;
        _balances.Touch(payer.Row).DebitsPosted += due;
        _balances.Touch(to).CreditsPosted += due;
        rows.AddTransfer(new Transfer
        {
            Id = Transfer.IdOf(PoolWriter, ++_ownSequence[PoolWriter]),
            Debit = payer.Pool,
            Credit = account,
            Amount = due,
            Flags = TransferFlags.Collect,
            Cause = payer.Cause,
        });
    }

    /// <summary>A pool that pays a page of its members, found once for all: being paid changes neither its income nor its weight.</summary>
    private readonly record struct Payer(AccountId Pool, PoolState State, Hash32 Cause, int Row);
}
