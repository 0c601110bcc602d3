using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>A person who signs commands: with nonces used before, with deadlines that pass, and sent again long after.</summary>
internal sealed class CommandCaller(Outside outside, int person, SimulatedVerifier verifier)
{
    private readonly TransferDraw _draw = new(outside.Random);
    private readonly List<BookRequest> _signed = [];

    /// <summary>Goes on until the world ends.</summary>
    public async Task RunAsync()
    {
        while (!outside.IsEnding)
        {
            await outside.Wire.Pause(1 + outside.Random.Next(25));
            var request = _signed.Count > 0 && outside.Random.Next(8) == 0 ? _signed[outside.Random.Next(_signed.Count)] : Sign();
            await outside.RetryAsync(() => outside.Book().Submit(request));
        }
    }

    private BookRequest Sign()
    {
        var random = outside.Random;
        var nonce = random.Next(8) == 0 ? 1 : 1_000 * (person + 1) + _signed.Count;
        var pay = new Pay(
            Cast.People[person], Cast.People[random.Next(Cast.People.Length)], random.Next(3) == 0 ? Cast.Assets[0].Asset.Value : 0,
            (UInt128)random.Next(0, 3_000), (UInt128)nonce, outside.Clock.Now + random.Next(-20, 800));
        var request = new BookRequest
        {
            Command = verifier.Verify(SimulatedVerifier.Signed(pay, pay.Account)).Value,
            Transfers = [pay.ToTransfer(), .. Enumerable.Range(0, random.Next(3)).Select(_ => _draw.DrawOne(outside.Clock.Now))],
            Collects = [.. _draw.Collects()],
            Notes = random.Next(4) > 0 ? [] : [new Note(Keccak.HashUtf8("commands"), [(byte)person, (byte)_signed.Count])],
        };
        _signed.Add(request);
        return request;
    }
}
