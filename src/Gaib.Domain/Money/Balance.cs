namespace Gaib.Domain.Money;

/// <summary>What an account holds of one asset, in base units. Totals only grow; the balance is their difference.</summary>
/// <param name="DebitsPosted">All that ever left.</param>
/// <param name="CreditsPosted">All that ever arrived.</param>
/// <param name="DebitsPending">Set aside to leave.</param>
/// <param name="CreditsPending">Set aside to arrive.</param>
[GenerateSerializer, Immutable]
public record struct Balance(
    [property: Id(0)] UInt128 DebitsPosted,
    [property: Id(1)] UInt128 CreditsPosted,
    [property: Id(2)] UInt128 DebitsPending,
    [property: Id(3)] UInt128 CreditsPending)
{
    /// <summary>Credits less debits; below zero only for issuance.</summary>
    public readonly Int128 Posted => (Int128)CreditsPosted - (Int128)DebitsPosted;

    /// <summary>What may still be spent: posted less what is set aside to leave.</summary>
    public readonly Int128 Available => Posted - (Int128)DebitsPending;
}

/// <summary>An account's row: the account and the asset.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Asset">Of what.</param>
[GenerateSerializer, Immutable]
public readonly record struct BalanceKey([property: Id(0)] AccountId Account, [property: Id(1)] AssetId Asset)
    : IComparable<BalanceKey>
{
    /// <inheritdoc/>
    public override int GetHashCode() => Account.Key.GetHashCode((uint)Account.Kind, Asset.Value);

    /// <summary>By asset, then account: the order of exports.</summary>
    public int CompareTo(BalanceKey other) =>
        Asset == other.Asset ? Account.CompareTo(other.Account) : Asset.CompareTo(other.Asset);

    /// <summary>Order by asset, then account.</summary>
    public static bool operator <(BalanceKey left, BalanceKey right) => left.CompareTo(right) < 0;

    /// <summary>Order by asset, then account.</summary>
    public static bool operator >(BalanceKey left, BalanceKey right) => left.CompareTo(right) > 0;

    /// <summary>Order by asset, then account.</summary>
    public static bool operator <=(BalanceKey left, BalanceKey right) => left.CompareTo(right) <= 0;

    /// <summary>Order by asset, then account.</summary>
    public static bool operator >=(BalanceKey left, BalanceKey right) => left.CompareTo(right) >= 0;
}
