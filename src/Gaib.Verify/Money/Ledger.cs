using System.Numerics;
using Gaib.Domain.Money;
using Gaib.Verify.Revenue;

namespace Gaib.Verify.Money;

/// <summary>What an account has moved of one asset.</summary>
internal sealed class Balances
{
    public BigInteger Debits { get; set; }

    public BigInteger Credits { get; set; }

    public BigInteger PendingDebits { get; set; }

    public BigInteger PendingCredits { get; set; }

    public BigInteger Available => Credits - Debits - PendingDebits;
}

/// <summary>
/// The fold of transfers, written apart from the runtime's book and in unbounded integers. It says why a transfer can't follow, and
/// applies it.
/// </summary>
internal sealed class Ledger
{
    private readonly SortedDictionary<BalanceKey, Balances> _balances = [];
    private readonly Dictionary<AssetId, AssetLine> _assets;
    private readonly SortedDictionary<AccountId, PoolFold> _pools = [];
    private readonly Dictionary<UInt128, TransferLine?> _reservations = [];

    public Ledger(IEnumerable<AssetLine> assets)
    {
        _assets = assets.ToDictionary(asset => asset.Asset);
        foreach (var asset in _assets.Values)
        {
            _pools[asset.Pool] = new PoolFold(asset.Asset);
        }
    }

    public IReadOnlyDictionary<BalanceKey, Balances> Balances => _balances;

    public IReadOnlyDictionary<AccountId, PoolFold> Pools => _pools;

    /// <summary>What an account could pay now.</summary>
    public BigInteger Available(AccountId account, AssetId asset) =>
        _balances.TryGetValue(new BalanceKey(account, asset), out var balances) ? balances.Available : BigInteger.Zero;

    /// <summary>The asset with this number; null for GAIB and for an unknown one.</summary>
    public AssetLine? AssetOf(AssetId asset) => _assets.GetValueOrDefault(asset);

    /// <summary>Why the transfer can't be applied now: the field and what it should be; null when it can.</summary>
    public (string Field, string Expected)? Refuses(TransferLine t) => t.Phase switch
    {
        TransferPhase.Single or TransferPhase.Reserve => RefusesFresh(t),
        _ => RefusesResolving(t),
    };

    public void Apply(TransferLine t)
    {
        var (debit, credit) = (Touch(t.Debit, t.Asset), Touch(t.Credit, t.Asset));
        if (t.Phase == TransferPhase.Reserve)
        {
            debit.PendingDebits += t.Amount;
            credit.PendingCredits += t.Amount;
            _reservations.Add(t.Id, t);
            return;
        }

        if (t.Phase != TransferPhase.Single)
        {
            debit.PendingDebits -= _reservations[t.Of]!.Amount;
            credit.PendingCredits -= _reservations[t.Of]!.Amount;
            _reservations[t.Of] = null;
        }

        if (t.Moves)
        {
            debit.Debits += t.Amount;
            credit.Credits += t.Amount;
            MovePools(t);
        }
    }

    private (string Field, string Expected)? RefusesFresh(TransferLine t)
    {
        var available = Available(t.Debit, t.Asset);
        return t.Amount == 0 ? ("amount", "more than 0")
            : t.Of != 0 ? ("of", "0")
            : t.Debit == t.Credit || !t.Debit.IsValid || !t.Credit.IsValid ? ("credit", "another account than the debit")
            : t.Asset == AssetId.Gaib ? RefusesGaib(t, available)
            : RefusesShares(t, available);
    }

    private (string Field, string Expected)? RefusesGaib(TransferLine t, BigInteger available) =>
        t.Credit.Kind == AccountKind.Pool && !_pools.ContainsKey(t.Credit) ? ("credit", "a pool of assets.ndjson")
        : t.Debit.Kind == AccountKind.Pool ? RefusesCollect(t)
        : t.Debit.Kind != AccountKind.Issuance && t.Amount > available ? ("amount", $"at most the {available} available")
        : null;

    /// <summary>A pool pays a member all that it owes it at that moment, after its own income has been collected.</summary>
    private (string Field, string Expected)? RefusesCollect(TransferLine t) =>
        !_pools.TryGetValue(t.Debit, out var pool) ? ("debit", "a pool of assets.ndjson")
        : t.Phase != TransferPhase.Single ? ("phase", "single")
        : OwedBy(t.Debit) is { } owing ? ("debit", $"{owing} paid {t.Debit} first")
        : pool.Due(t.Credit) != t.Amount ? ("amount", $"{pool.Due(t.Credit)}, all it is owed")
        : t.Cause != _assets[pool.Asset].Model ? ("cause", _assets[pool.Asset].Model.ToString())
        : null;

    private (string Field, string Expected)? RefusesShares(TransferLine t, BigInteger available) =>
        AssetOf(t.Asset) is not { } asset ? ("asset", "an asset of assets.ndjson")
        : asset.Frozen && t.Debit.Kind != AccountKind.Issuance ? ("asset", "one that is not frozen")
        : t.Debit.Kind is not (AccountKind.Person or AccountKind.Issuance) ? ("debit", "a person")
        : t.Credit.Kind != AccountKind.Person && !_pools.ContainsKey(t.Credit) ? ("credit", "a person or a pool")
        : t.Debit.Kind != AccountKind.Issuance && t.Amount > available ? ("amount", $"at most the {available} available")
        : OwedBy(asset.Pool) is { } owing ? ("debit", $"{owing} paid {asset.Pool} first")
        : null;

    private (string Field, string Expected)? RefusesResolving(TransferLine t) =>
        !_reservations.TryGetValue(t.Of, out var reserve) ? ("of", "a reservation")
        : reserve is null ? ("of", "a reservation that was not resolved")
        : (t.Debit, t.Credit, t.Asset) != (reserve.Debit, reserve.Credit, reserve.Asset) ? ("debit", "the reservation's accounts and asset")
        : t.Amount == 0 || t.Amount > reserve.Amount ? ("amount", $"1 to {reserve.Amount}")
        : t.Phase != TransferPhase.Post && t.Amount != reserve.Amount ? ("amount", $"{reserve.Amount}")
        : t.Phase == TransferPhase.Expire && (reserve.ExpiresAt == 0 || reserve.ExpiresAt > t.Time) ? ("at", $"after {reserve.ExpiresAt}")
        : null;

    /// <summary>A pool in which the given pool holds shares, and which owes it something.</summary>
    private AccountId? OwedBy(AccountId pool)
    {
        foreach (var (account, parent) in _pools)
        {
            if (!parent.Due(pool).IsZero)
            {
                return account;
            }
        }

        return null;
    }

    private void MovePools(TransferLine t)
    {
        if (t.Asset != AssetId.Gaib)
        {
            var pool = _pools[_assets[t.Asset].Pool];
            if (t.Debit.Kind != AccountKind.Issuance)
            {
                pool.Move(t.Debit, -(BigInteger)t.Amount);
            }

            pool.Move(t.Credit, t.Amount);
            return;
        }

        if (t.Debit.Kind == AccountKind.Pool)
        {
            _pools[t.Debit].Collect(t.Credit);
        }

        if (t.Credit.Kind == AccountKind.Pool)
        {
            _pools[t.Credit].Feed(t.Amount);
        }
    }

    private Balances Touch(AccountId account, AssetId asset)
    {
        var key = new BalanceKey(account, asset);
        if (!_balances.TryGetValue(key, out var balances))
        {
            _balances[key] = balances = new Balances();
        }

        return balances;
    }
}
