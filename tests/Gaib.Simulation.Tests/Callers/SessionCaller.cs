using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>
/// A person's app: it opens sessions, has rows answered, acknowledges and closes, asks again what was not answered, and asks wrongly now and
/// then. What it has been answered it holds the session to.
/// </summary>
internal sealed class SessionCaller(Outside outside, int person)
{
    private readonly List<Func<Task>> _old = [];
    private int _nonce;
    private ulong _calls;
    private UInt128 _spent;
    private Hash32 _head;
    private ImmutableArray<byte> _rows = [];

    /// <summary>The ids of all sessions that were opened.</summary>
    public List<Hash32> Opened { get; } = [];

    /// <summary>The last closing that was signed for each of them.</summary>
    public Dictionary<Hash32, Signed<CloseSession>> Closings { get; } = [];

    private Address Me => Cast.People[person];

    private Random Random => outside.Random;

    /// <summary>Goes on until the world ends.</summary>
    public async Task RunAsync()
    {
        while (!outside.IsEnding)
        {
            await outside.Wire.Pause(1 + Random.Next(10));
            var asked = DrawOpening();
            var id = Ids.Derive(Services.Network.Id, "session", Me, asked.Nonce);
            var grain = outside.Grains.Get<ISessionGrain>(id);
            var opened = await outside.RetryAsync(() => grain.Open(SimulatedVerifier.Signed(asked, Me)));
            if (opened.Accepted)
            {
                Opened.Add(id);
                (_calls, _spent, _head) = (0, 0, Hash32.Zero);
                await UseAsync(grain, id);
            }
        }
    }

    private OpenSession DrawOpening() => new(
        Me, Random.Next(15) == 0 ? Cast.Models[3] : Cast.Models[0], Key, (UInt128)(Random.Next(20) == 0 ? 0 : Random.Next(500, 9_000)),
        (UInt128)Random.Next(300, 3_000), outside.Clock.Now + Random.Next(-10, 5_000), (UInt128)((10_000 * (person + 1)) + _nonce++),
        outside.Clock.Now + 2_000);

    private Address Key => Address.FromHash(Keccak.HashUtf8($"key {person}"));

    private async Task UseAsync(ISessionGrain grain, Hash32 id)
    {
        for (var turn = Random.Next(4, 25); turn > 0 && !outside.IsEnding; turn--)
        {
            await outside.Wire.Pause(1 + Random.Next(6));
            switch (Random.Next(12))
            {
                case < 6:
                    await InferAsync(grain, id);
                    break;
                case < 8:
                    await AcknowledgeAsync(grain, id);
                    break;
                case 8:
                    await AskWronglyAsync(grain);
                    break;
                case 9 when _old.Count > 0:
                    outside.Log.See("old call");
                    Outside.Forget(_old[Random.Next(int.Max(0, _old.Count - 6), _old.Count)]());
                    break;
                default:
                    await outside.RetryAsync(grain.Get);
                    break;
            }
        }

        await CloseAsync(grain, id);
    }

    private async Task InferAsync(ISessionGrain grain, Hash32 id)
    {
        var (call, rows) = (_calls + 1, DrawRows());
        _old.Add(() => grain.Infer(call, rows));
        var outcome = await outside.RetryAsync(() => grain.Infer(call, rows));
        if (outcome.Accepted)
        {
            var receipt = outcome.Value.Receipt;
            outside.Log.Expect((call, _head), (receipt.Seq, receipt.Previous), "a receipt follows the one before");
            (_calls, _spent, _head, _rows) = (call, _spent + receipt.Fee, receipt.Hash, rows);
        }
        else if (outcome.Rejection.Reason == Reason.AcknowledgementDue)
        {
            await AcknowledgeAsync(grain, id);
        }
    }

    private async Task AcknowledgeAsync(ISessionGrain grain, Hash32 id)
    {
        var said = new Acknowledge(Random.Next(20) == 0 ? Hash32.Zero : id, Random.Next(20) == 0 ? _spent + 1 : _spent, _head);
        var signed = SimulatedVerifier.Signed(said, Random.Next(20) == 0 ? Me : Key);
        if (Random.Next(30) == 0)
        {
            signed = signed with { Command = said with { Cumulative = said.Cumulative + 5 } };
        }

        _old.Add(() => grain.Acknowledge(signed));
        await outside.RetryAsync(() => grain.Acknowledge(signed));
    }

    private async Task AskWronglyAsync(ISessionGrain grain)
    {
        var (call, rows) = Random.Next(4) switch
        {
            0 => (_calls, _rows),
            1 => (_calls, DrawRows()),
            2 => (_calls + 2, DrawRows()),
            _ => (_calls + 1, [1]),
        };
        await outside.RetryAsync(() => grain.Infer(call, rows));
    }

    private async Task CloseAsync(ISessionGrain grain, Hash32 id)
    {
        var closer = Random.Next(15) == 0 ? Cast.People[(person + 1) % 5] : Me;
        var asked = new CloseSession(closer, id, (UInt128)((10_000 * (person + 1)) + _nonce++), outside.Clock.Now + Random.Next(-20, 4_000));
        var signed = SimulatedVerifier.Signed(asked, closer);
        _old.Add(() => grain.Close(signed));
        Closings[id] = signed;
        await outside.RetryAsync(() => grain.Close(signed));
    }

    private ImmutableArray<byte> DrawRows()
    {
        var rows = new byte[Services.Shape.Features * (1 + Random.Next(3))];
        Random.NextBytes(rows);
        return [.. rows];
    }
}
