using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Silo;

/// <summary>The genesis allocations in the book.</summary>
public static class GenesisIssue
{
    /// <summary>Issues the allocations; told again at every start, it changes nothing.</summary>
    /// <exception cref="InvalidOperationException">The book refused: it belongs to another genesis.</exception>
    public static async Task TellAsync(IGrainFactory grains, Network network)
    {
        // Each person's allocation is issued in the book that holds the person; the ids follow from the genesis in each.
        var rows = network.Genesis.Allocations.Select((allocation, i) => (Allocation: allocation, Number: (ulong)i))
            .GroupBy(row => network.HomeOf(AccountId.Person(row.Allocation.Account)));
        foreach (var home in rows)
        {
            var book = grains.GetGrain<IBookGrain>(home.Key);
            var reply = await book.Submit(new BookRequest
            {
                WriterName = Keccak.HashUtf8("genesis"),
                Transfers = [.. home.Select(row => new Transfer
                {
                    Id = row.Number,
                    Debit = AccountId.Issuance,
                    Credit = AccountId.Person(row.Allocation.Account),
                    Amount = row.Allocation.Amount,
                    Cause = network.Id,
                })],
            });
            if (reply.Rejection is { } rejection)
            {
                throw new InvalidOperationException($"The book refused the genesis: {rejection}");
            }
        }
    }
}
