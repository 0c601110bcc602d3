using System.Numerics;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>
/// Which of a network's books an auditor looks at, and where the design says that accounts are: people and their stakes by the last eight
/// bytes of their address, the treasury, issuance and what was withdrawn in every book, all else in book 0.
/// </summary>
/// <param name="Number">The book's number.</param>
/// <param name="Books">How many there are.</param>
internal sealed record BookSite(uint Number, uint Books)
{
    /// <summary>The book that has an account's GAIB.</summary>
    public uint HomeOf(AccountId account) => account.Kind switch
    {
        _ when Books == 1 => Number,
        AccountKind.Person or AccountKind.Stake => (uint)(new BigInteger(account.Key.ToArray().AsSpan(12), isUnsigned: true, isBigEndian: true) % Books),
        AccountKind.Treasury or AccountKind.Issuance or AccountKind.Settlement or AccountKind.DueTo or AccountKind.DueFrom => Number,
        _ => 0,
    };

    /// <summary>True where this book has the account's GAIB.</summary>
    public bool Has(AccountId account) => HomeOf(account) == Number;
}
