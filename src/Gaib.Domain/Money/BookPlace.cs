namespace Gaib.Domain.Money;

/// <summary>
/// Which of a network's books a book is. People are spread over the books by address, with their stakes; the treasury, issuance and what
/// was withdrawn are in each book; everything else, and every share, is in book 0.
/// </summary>
/// <param name="Number">The book's number, from 0.</param>
/// <param name="Count">How many books the network has; 0 and 1 stand for one. Never changed in the life of a network.</param>
public readonly record struct BookPlace(uint Number, uint Count)
{
    /// <summary>The most books of a network: the number of one fits a journal row.</summary>
    public const uint CountMax = 1 << 15;

    /// <summary>
    /// The number of the book that holds an account's GAIB: for people and stakes the last eight bytes of the address as a big-endian
    /// integer, modulo the number of books.
    /// </summary>
    public uint HomeOf(AccountId account) =>
        Count <= 1 ? Number
        : account.Kind switch
        {
            AccountKind.Person or AccountKind.Stake => (uint)(account.Key.Suffix64 % Count),
            AccountKind.Treasury or AccountKind.Issuance or AccountKind.Settlement or AccountKind.DueTo or AccountKind.DueFrom => Number,
            _ => 0,
        };

    /// <summary>True where this book holds the account's GAIB.</summary>
    public bool Holds(AccountId account) => Count <= 1 || HomeOf(account) == Number;
}
