using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>A person who signs commands: with nonces used before, with deadlines that pass, and sent again long after.</summary>
internal sealed class CommandCaller(Outside outside, AccountId person, SimulatedVerifier verifier)
{
    private readonly uint _home = outside.Town.HomeOf(person);
    private readonly TransferDraw _draw = new(outside.Random, outside.Town, outside.Town.HomeOf(person));
    private readonly List<BookRequest> _signed = [];

    /// <summary>Goes on until the world ends.</summary>
    public async Task RunAsync()
    {
        while (!outside.IsEnding)
        {
            await outside.Wire.Pause(1 + outside.Random.Next(25));
            var request = _signed.Count > 0 && outside.Random.Next(8) == 0 ? _signed[outside.Random.Next(_signed.Count)] : Sign();
            var book = outside.Book(request.Transfers[0].Asset == AssetId.Gaib ? _home : 0);
            var reply = await outside.RetryAsync(() => book.Submit(request));
            if (outside.Town.Books > 1 && reply.Applied)
            {
                await DeliverAsync(book);
            }
        }
    }

    /// <summary>Asks that what was paid be there. Whether it is so is the book's to say, and the auditor's to check.</summary>
    private static async Task DeliverAsync(IBookGrain book)
    {
        try
        {
            await book.Deliver();
        }
        catch (Exception)
        {
            // It is told again by itself.
        }
    }

    private BookRequest Sign()
    {
        var random = outside.Random;
        var nonce = random.Next(8) == 0 ? 1 : 1_000 + _signed.Count;
        var pay = new Pay(
            person.Key, outside.Town.People[random.Next(outside.Town.People.Length)].Key, random.Next(3) == 0 ? Cast.Assets[0].Asset.Value : 0,
            (UInt128)random.Next(0, 3_000), (UInt128)nonce, outside.ClockOf(_home).Now + random.Next(-20, 800));
        var request = new BookRequest
        {
            Command = verifier.Verify(SimulatedVerifier.Signed(pay, pay.Account)).Value,
            Transfers = [pay.ToTransfer(), .. Enumerable.Range(0, random.Next(3)).Select(_ => _draw.DrawOne(outside.ClockOf(_home).Now))],
            Collects = [.. _draw.Collects()],
            Notes = random.Next(4) > 0 ? [] : [new Note(Keccak.HashUtf8("commands"), [(byte)_home, (byte)_signed.Count], random.Next(6) == 0 ? (ulong)_signed.Count / 8 : null)],
        };
        _signed.Add(request);
        return request;
    }
}
