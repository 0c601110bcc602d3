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
        var book = grains.GetGrain<IBookGrain>(0);
        var writer = await book.OpenWriter(Keccak.HashUtf8("genesis"));
        var reply = await book.Submit(new BookRequest
        {
            Writer = writer,
            Transfers = [.. network.Genesis.Allocations.Select((allocation, i) => new Transfer
            {
                Id = Transfer.IdOf(writer, (ulong)i),
                Debit = AccountId.Issuance,
                Credit = AccountId.Person(allocation.Account),
                Amount = allocation.Amount,
                Cause = network.Id,
            })],
        });
        if (reply.Rejection is { } rejection)
        {
            throw new InvalidOperationException($"The book refused the genesis: {rejection}");
        }
    }
}
