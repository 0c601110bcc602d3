using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>The accounts and assets of the callers.</summary>
internal static class Names
{
    /// <summary>Units of each of the two assets. A prime, so that hardly any division is even.</summary>
    public const ulong Units = 997;

    public static AccountId Person(string name) => AccountId.Person(Address.FromHash(Keccak.HashUtf8(name)));

    /// <summary>What many callers pay into, and nobody pays out of.</summary>
    public static AccountId Inbox(int number) => Person($"inbox {number}");

    public static AccountId Pool(string name) => AccountId.Of(AccountKind.Pool, Keccak.HashUtf8($"pool {name}"));

    public static AssetRecord Asset(string name) =>
        new(AssetId.Of(Keccak.HashUtf8($"asset {name}")), Pool(name), Frozen: false, Keccak.HashUtf8($"asset {name}"));

    /// <summary>The pool that one caller feeds, collects and trades alone, so that every answer can be told beforehand.</summary>
    public const string Own = "own";

    /// <summary>The pool that all callers feed at once.</summary>
    public const string Shared = "shared";

    public static AccountId Member(string pool, int number) => Person($"member {number} of {pool}");
}
