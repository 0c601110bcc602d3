using System.Collections.Immutable;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

/// <summary>The assets of a book, and how their pools hold shares of each other.</summary>
public sealed partial class Book
{
    /// <summary>
    /// The longest way from a pool up to one that nobody feeds through another pool. It bounds the work of a collect, and is checked when
    /// a pool gets shares, because a pool that is nested deeper could never again pay its members.
    /// </summary>
    private const int NestingMax = 8;

    /// <summary>Why the assets can't be registered together, or null. Nothing is changed.</summary>
    private Rejection? CheckAssets(ImmutableArray<AssetRecord> assets)
    {
        for (var i = 0; i < assets.Length; i++)
        {
            var asset = assets[i];
            var known = _assets.GetValueOrDefault(asset.Asset) ?? assets.AsSpan()[..i].ToArray().FirstOrDefault(one => one.Asset == asset.Asset);
            if (known is not null && known != asset)
            {
                return new Rejection(Reason.AssetExists, 0, 0, asset.Asset.ToString());
            }

            var isTaken = _pools.Contains(asset.Pool) || assets.AsSpan()[..i].ToArray().Any(one => one.Pool == asset.Pool);
            if (known is null && (asset.Asset == AssetId.Gaib || asset.Pool.Kind != AccountKind.Pool || !asset.Pool.IsValid || isTaken))
            {
                return new Rejection(Reason.AccountInvalid, 0, 0, asset.Pool.ToString());
            }
        }

        return null;
    }

    /// <summary>Registers those assets, all of them checked, that the book does not have yet, and says which.</summary>
    private List<AssetRecord> RegisterNew(ImmutableArray<AssetRecord> assets)
    {
        List<AssetRecord> added = [];
        foreach (var asset in assets)
        {
            if (!_assets.ContainsKey(asset.Asset))
            {
                Register(asset);
                added.Add(asset);
            }
        }

        return added;
    }

    private void Register(AssetRecord asset)
    {
        _assets.Add(asset.Asset, asset);
        _pools.Touch(asset.Pool) = new PoolState { Asset = asset.Asset };
    }

    /// <summary>Takes assets out again whose pools a rollback has taken out; the last one first, which keeps the order of the others.</summary>
    private void Unregister(List<AssetRecord> added)
    {
        for (var i = added.Count - 1; i >= 0; i--)
        {
            _assets.Remove(added[i].Asset);
        }
    }

    /// <summary>True when a pool that gets shares of the pool <paramref name="parent"/> would close a cycle or nest too deeply.</summary>
    private bool NestsBadly(AccountId pool, AccountId parent) =>
        IsAncestor(pool, parent) || HeightAbove(parent) + 1 + DepthBelow(pool) > NestingMax;

    private bool IsAncestor(AccountId candidate, AccountId pool) =>
        candidate == pool || PoolsOf(pool).Any(parent => IsAncestor(candidate, parent));

    private int HeightAbove(AccountId pool) => PoolsOf(pool).Select(parent => 1 + HeightAbove(parent)).DefaultIfEmpty().Max();

    private int DepthBelow(AccountId pool) => _membersOfPool.Get(pool).Pools == 0
        ? 0
        : MembersOf(pool).Where(row => row.Member.Kind == AccountKind.Pool).Select(row => 1 + DepthBelow(row.Member)).DefaultIfEmpty().Max();
}
