using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Audit;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>Who lives in which book of a world. Where there are several, the cast has neighbours, so that nobody is alone.</summary>
internal sealed class Town
{
    private const int LeastInBook = 2;

    private readonly BookSite _anyBook;
    private readonly AccountId[][] _homes;

    public Town(uint books)
    {
        _anyBook = new BookSite(0, books);
        var people = Cast.Accounts.ToList();
        for (var i = 0; books > 1 && Enumerable.Range(0, (int)books).Any(book => people.Count(person => HomeOf(person) == book) < LeastInBook); i++)
        {
            var neighbour = AccountId.Person(Address.FromHash(Keccak.HashUtf8($"neighbour {i}")));
            if (people.Count(person => HomeOf(person) == HomeOf(neighbour)) < LeastInBook)
            {
                people.Add(neighbour);
            }
        }

        People = [.. people];
        _homes = [.. Enumerable.Range(0, (int)books).Select(book => People.Where(person => HomeOf(person) == book).ToArray())];
    }

    /// <summary>How many books there are.</summary>
    public uint Books => _anyBook.Books;

    /// <summary>Everybody.</summary>
    public AccountId[] People { get; }

    /// <summary>The people of a book.</summary>
    public AccountId[] Of(uint book) => _homes[book];

    /// <summary>The book that has an account's GAIB.</summary>
    public uint HomeOf(AccountId account) => _anyBook.HomeOf(account);
}
