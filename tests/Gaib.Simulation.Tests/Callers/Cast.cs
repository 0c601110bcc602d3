using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>Who and what there is in a world.</summary>
internal static class Cast
{
    /// <summary>People who pay, hold shares and open sessions.</summary>
    public static Address[] People { get; } = [.. Enumerable.Range(0, 5).Select(i => Address.FromHash(Keccak.HashUtf8($"person {i}")))];

    /// <summary>The model that is sold, its parent, what its stakers hold of it, and one whose asset is never registered.</summary>
    public static Hash32[] Models { get; } = [.. Enumerable.Range(0, 4).Select(i => Keccak.HashUtf8($"model {i}"))];

    /// <summary>The assets of the first three.</summary>
    public static AssetRecord[] Assets { get; } =
        [.. Models.Take(3).Select((model, i) => new AssetRecord(AssetId.Of(model), AccountId.Of(AccountKind.Pool, model), Frozen: i == 2, model))];

    /// <summary>The pools of the assets.</summary>
    public static AccountId[] Pools { get; } = [.. Assets.Select(asset => asset.Pool)];

    /// <summary>Accounts of people.</summary>
    public static AccountId[] Accounts { get; } = [.. People.Select(AccountId.Person)];

    /// <summary>
    /// The first request of book 0: assets, the funds of its people, shares. The sold model has its parent's pool and its stakers' pool as
    /// members, and the parent's asset is held by people.
    /// </summary>
    public static BookRequest Genesis(ulong writer, IEnumerable<AccountId> people, IEnumerable<Transfer> more)
    {
        var transfers = Funds(people)
            .Concat(Accounts.Select((account, i) => Issue(account, Assets[0].Asset, (ulong)(100_000_000 + i))))
            .Append(Issue(Pools[1], Assets[0].Asset, 250_000_007))
            .Append(Issue(Pools[2], Assets[0].Asset, 249_999_983))
            .Concat(Accounts.Take(3).Select((account, i) => Issue(account, Assets[1].Asset, (ulong)(333_333_333 + i))))
            .Concat(Accounts.Skip(2).Select((account, i) => Issue(account, Assets[2].Asset, (ulong)(7 + (i * 13)))))
            .Concat(more);
        return GenesisElsewhere(writer, transfers) with { Assets = [.. Assets] };
    }

    /// <summary>The first request of another book.</summary>
    public static BookRequest GenesisElsewhere(ulong writer, IEnumerable<Transfer> transfers) => new()
    {
        Writer = writer,
        Transfers = [.. transfers.Select((transfer, i) => transfer with { Id = Transfer.IdOf(writer, (ulong)i) })],
    };

    /// <summary>What people have at first.</summary>
    public static IEnumerable<Transfer> Funds(IEnumerable<AccountId> people) => people.Select(account => Issue(account, AssetId.Gaib, 100_000));

    /// <summary>New units for an account.</summary>
    public static Transfer Issue(AccountId to, AssetId asset, UInt128 amount) =>
        new() { Debit = AccountId.Issuance, Credit = to, Asset = asset, Amount = amount };
}
