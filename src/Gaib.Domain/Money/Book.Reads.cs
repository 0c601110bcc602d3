using System.Collections.Immutable;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

public sealed partial class Book
{
    /// <summary>What the account holds of the asset; zeros where it never held any.</summary>
    public Balance BalanceOf(AccountId account, AssetId asset) => _balances.Get(new BalanceKey(account, asset));

    /// <summary>Every row of every account, in the order of first use.</summary>
    public IEnumerable<(BalanceKey Key, Balance Balance)> Balances =>
        Enumerable.Range(0, _balances.Count).Select(i => (_balances.KeyAt(i), _balances[i]));

    /// <summary>Every pool.</summary>
    public IEnumerable<(AccountId Account, PoolState State)> Pools =>
        Enumerable.Range(0, _pools.Count).Select(i => (_pools.KeyAt(i), _pools[i]));

    /// <summary>The pool's totals; zeros where there is no such pool.</summary>
    public PoolState PoolOf(AccountId pool) => _pools.Get(pool);

    /// <summary>How many members the pool has, those included that hold nothing any more.</summary>
    public int MemberCountOf(AccountId pool) => _membersOfPool.Get(pool).Count;

    /// <summary>Every member of the pool that ever held its asset, the newest first.</summary>
    public IEnumerable<(AccountId Member, PoolMember State)> MembersOf(AccountId pool) =>
        MembersOf(pool, 0).Select(row => (row.Member, row.State));

    /// <summary>
    /// The same from a place on, each with the place after it: 0 begins with the newest, and comes after the last. Members that join
    /// meanwhile come before every place.
    /// </summary>
    public IEnumerable<(AccountId Member, PoolMember State, int Next)> MembersOf(AccountId pool, int from)
    {
        var at = from == 0 ? _membersOfPool.Get(pool).First : from;
        while (at > 0 && at <= _members.Count && _members.KeyAt(at - 1).Pool == pool)
        {
            var row = _members[at - 1];
            yield return (_members.KeyAt(at - 1).Member, row.Member, row.NextInPool);
            at = row.NextInPool;
        }
    }

    /// <summary>The pools of which the account ever was a member, the newest first.</summary>
    public IEnumerable<AccountId> PoolsOf(AccountId member)
    {
        for (var at = _poolsOfMember.Get(member).First; at > 0; at = _members[at - 1].NextOfMember)
        {
            yield return _members.KeyAt(at - 1).Pool;
        }
    }

    /// <summary>The member as it would stand after a settle now.</summary>
    public PoolMember SettledMember(AccountId pool, AccountId member)
    {
        var state = _members.Get(new MemberKey(pool, member)).Member;
        PoolRule.Settle(_pools.Get(pool), ref state);
        return state;
    }

    /// <summary>Every asset but GAIB.</summary>
    public IEnumerable<AssetRecord> Assets => _assets.Values;

    /// <summary>How many notes the stream has, and the last one's bytes.</summary>
    public (ulong Count, ImmutableArray<byte> Last) LastNote(Hash32 stream) =>
        _notes.Find(stream) is >= 0 and var index ? (_notes[index].Count, _notes[index].Last) : (0, []);

    /// <summary>The sequence at which the command was accepted, or null.</summary>
    public ulong? SequenceOf(Hash32 digest) => _commands.Find(digest) is >= 0 and var index ? _commands[index].Sequence : null;

    /// <summary>
    /// What must hold after every batch: per asset Σ debits = Σ credits, posted and pending, no balance but issuance's and dueFrom's below
    /// zero, every pool's ledger balance equal to what it still owes, and each book's due equal to its payees' totals.
    /// </summary>
    /// <returns>The first thing that does not hold, in words; null when all does.</returns>
    public string? Audit()
    {
        var sums = new Dictionary<AssetId, (UInt128 Debits, UInt128 Credits, UInt128 PendingOut, UInt128 PendingIn)>();
        foreach (var (key, balance) in Balances)
        {
            var sum = sums.GetValueOrDefault(key.Asset);
            sums[key.Asset] = (sum.Debits + balance.DebitsPosted, sum.Credits + balance.CreditsPosted,
                sum.PendingOut + balance.DebitsPending, sum.PendingIn + balance.CreditsPending);
            if (key.Account.Kind is not (AccountKind.Issuance or AccountKind.DueFrom) && balance.Available < 0)
            {
                return $"{key.Account} has {balance.Available} of {key.Asset} available.";
            }
        }

        var uneven = sums.Where(s => s.Value.Debits != s.Value.Credits || s.Value.PendingOut != s.Value.PendingIn).Take(1).ToList();
        return uneven.Count > 0
            ? $"{uneven[0].Key}: debits and credits differ: {uneven[0].Value}."
            : Pools.Select(p => AuditPool(p.Account, p.State)).FirstOrDefault(fault => fault is not null) ?? AuditEdges();
    }

    private string? AuditPool(AccountId account, in PoolState pool)
    {
        var members = MembersOf(account).ToList();
        var outstanding = pool.Fed - members.Aggregate(UInt128.Zero, (sum, m) => sum + m.State.Collected);
        var held = BalanceOf(account, AssetId.Gaib).Posted;
        var state = pool;
        return held != (Int128)outstanding ? $"{account} holds {held} but owes {outstanding}."
            : PoolIdentity.Holds(state, members.Select(m => m.State)) ? null
            : $"{account}: the pool identity does not hold.";
    }
}
