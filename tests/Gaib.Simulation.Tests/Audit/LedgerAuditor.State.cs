using System.Collections.Immutable;
using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

internal sealed partial class LedgerAuditor
{
    /// <summary>All that an auditor holds.</summary>
    internal sealed record State
    {
        public static State Empty { get; } = new();

        public ImmutableDictionary<(AccountId Account, AssetId Asset), Holding> Held { get; init; } =
            ImmutableDictionary<(AccountId Account, AssetId Asset), Holding>.Empty;

        public ImmutableDictionary<UInt128, AuditedReservation> Reserved { get; init; } = ImmutableDictionary<UInt128, AuditedReservation>.Empty;

        /// <summary>Open reservations that will expire, soonest first.</summary>
        public ImmutableSortedSet<(long At, UInt128 Id)> Due { get; init; } = [];

        public ImmutableList<Hash32> Writers { get; init; } = [];

        /// <summary>Writers without a name, and the number of the next.</summary>
        public ImmutableHashSet<ulong> Ephemeral { get; init; } = [];

        public ulong NextEphemeral { get; init; } = 1UL << 63;

        public ImmutableDictionary<ulong, ulong> Floors { get; init; } = ImmutableDictionary<ulong, ulong>.Empty;

        public ImmutableDictionary<UInt128, AuditedAnswer> Answered { get; init; } = ImmutableDictionary<UInt128, AuditedAnswer>.Empty;

        public ImmutableDictionary<Hash32, AuditedCommand> Commands { get; init; } = ImmutableDictionary<Hash32, AuditedCommand>.Empty;

        public ImmutableHashSet<(Address Account, UInt128 Nonce)> Nonces { get; init; } = [];

        public ImmutableDictionary<Hash32, ImmutableList<ImmutableArray<byte>>> Notes { get; init; } =
            ImmutableDictionary<Hash32, ImmutableList<ImmutableArray<byte>>>.Empty;

        public ImmutableDictionary<AssetId, AssetRecord> Assets { get; init; } = ImmutableDictionary<AssetId, AssetRecord>.Empty;

        public ImmutableSortedDictionary<AccountId, AuditedPool> Pools { get; init; } = ImmutableSortedDictionary<AccountId, AuditedPool>.Empty;

        /// <summary>What has left for each payee of another book in all.</summary>
        public ImmutableDictionary<EdgePayee, BigInteger> Left { get; init; } = ImmutableDictionary<EdgePayee, BigInteger>.Empty;

        /// <summary>Every total that was ever reached there, and what caused it.</summary>
        public ImmutableDictionary<(EdgePayee Payee, BigInteger Total), Hash32> Totals { get; init; } =
            ImmutableDictionary<(EdgePayee Payee, BigInteger Total), Hash32>.Empty;

        /// <summary>What each book has paid to each payee of this one in all, as far as it was credited.</summary>
        public ImmutableDictionary<EdgePayee, BigInteger> Came { get; init; } = ImmutableDictionary<EdgePayee, BigInteger>.Empty;

        /// <summary>The place of the transfer by which each session got its cap.</summary>
        public ImmutableDictionary<AccountId, ulong> Opened { get; init; } = ImmutableDictionary<AccountId, ulong>.Empty;

        public ulong Sequence { get; init; }

        /// <summary>How many transfers commands have made: their ids follow from it.</summary>
        public ulong OfCommands { get; init; }

        public long At { get; init; }

        public ImmutableList<ImmutableArray<byte>> NotesOf(Hash32 stream) => Notes.GetValueOrDefault(stream, []);
    }

    /// <summary>What of a book is not as it should be, in words; null when all is.</summary>
    public string? Compare(Book book)
    {
        var accounts = book.Balances.ToDictionary(row => (row.Key.Account, row.Key.Asset), row => row.Balance);
        foreach (var key in _now.Held.Keys.Concat(accounts.Keys))
        {
            var (held, is_) = (_now.Held.GetValueOrDefault(key), accounts.GetValueOrDefault(key));
            if (held != new Holding(is_.DebitsPosted, is_.CreditsPosted, is_.DebitsPending, is_.CreditsPending))
            {
                return $"{key} holds {is_}, not {held}";
            }
        }

        var notes = _now.Notes.FirstOrDefault(row => book.LastNote(row.Key) is var (count, last)
            && (count != (ulong)row.Value.Count || !last.AsSpan().SequenceEqual(row.Value[^1].AsSpan())));
        return book.Sequence != _now.Sequence ? $"sequence {book.Sequence}, not {_now.Sequence}"
            : notes.Value is not null ? $"notes of {notes.Key} are {book.LastNote(notes.Key).Count}, not {notes.Value.Count}"
            : _now.Commands.Where(row => book.SequenceOf(row.Key) != row.Value.Sequence).Select(row => $"command {row.Key} is not known").FirstOrDefault()
            ?? ComparePools(book) ?? book.Audit();
    }

    /// <summary>No member earned a base unit more or less than its exact fraction.</summary>
    public string? CompareWithFractions()
    {
        foreach (var (account, pool) in _now.Pools)
        {
            foreach (var (member, state) in pool.Members)
            {
                var differs = (state.Exact.Above << 64) - (state.Earned * state.Exact.Below);
                if (BigInteger.Abs(differs) >= state.Exact.Below << 64)
                {
                    return $"{member} of {account} has earned {state.Earned} in 2^-64, but its fraction is {state.Exact}";
                }
            }
        }

        return null;
    }

    private string? ComparePools(Book book)
    {
        if (!book.Pools.Select(pool => pool.Account).Order().SequenceEqual(_now.Pools.Keys)
            || !book.Assets.OrderBy(a => a.Asset).SequenceEqual(_now.Assets.Values.OrderBy(a => a.Asset)))
        {
            return "other pools or assets";
        }

        foreach (var (account, pool) in _now.Pools)
        {
            var state = book.PoolOf(account);
            if (state.Fed != pool.Fed || state.Unallocated != pool.Unallocated || state.Rem != pool.Left || state.Weight != pool.Weight)
            {
                return $"pool {account} is {state}, not {pool}";
            }

            var members = book.MembersOf(account).Select(m => m.Member).Order();
            if (!members.SequenceEqual(pool.Members.Keys))
            {
                return $"pool {account} has other members";
            }

            foreach (var (member, expected) in pool.Members)
            {
                var settled = book.SettledMember(account, member);
                if (((BigInteger)settled.Accrued << 64) + settled.Fraction != expected.Earned
                    || settled.Weight != expected.Weight || settled.Collected != expected.Collected)
                {
                    return $"{member} of {account} is {settled}, not {expected}";
                }
            }
        }

        return null;
    }
}
