using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Evm;

namespace Gaib.Client.Models;

/// <summary>
/// An open session with its key: numbers the calls, checks each receipt against the chain that it has seen, and acknowledges the
/// spend before the window is full. One caller at a time.
/// </summary>
public sealed class SessionHandle
{
    private readonly GaibClient _client;
    private readonly PrivateKey _key;
    private readonly ISessionGrain _grain;
    private readonly SessionOpened _terms;
    private readonly UInt128 _unitPrice;
    private ulong _calls;
    private UInt128 _spent;
    private UInt128 _acknowledged;
    private Hash32 _head;

    private SessionHandle(GaibClient client, PrivateKey key, SessionLedger ledger)
    {
        var state = ledger.Session;
        (_client, _key, _terms, _unitPrice) = (client, key, state.Terms, ledger.Price.UnitPrice);
        _grain = client.Grains.Get<ISessionGrain>(state.Terms.Id);
        (_calls, _spent, _head) = (state.Seq, state.Fees, state.Head);
        _acknowledged = state.Acknowledged?.Cumulative ?? 0;
    }

    /// <summary>The session's id.</summary>
    public Hash32 Id => _terms.Id;

    /// <summary>How many calls were answered.</summary>
    public ulong Calls => _calls;

    /// <summary>Base units spent.</summary>
    public UInt128 Spent => _spent;

    /// <summary>Opens a session with the payer's signature, or takes up the one that the same command opened.</summary>
    /// <param name="client">The network.</param>
    /// <param name="command">Cap, window, key, expiry.</param>
    /// <param name="payer">Signs the opening.</param>
    /// <param name="sessionKey">Acknowledges the spend; its address is the command's key.</param>
    public static async Task<Outcome<SessionHandle>> OpenAsync(
        GaibClient client, OpenSession command, PrivateKey payer, PrivateKey sessionKey)
    {
        var id = Ids.Derive(client.Network.Id, "session", command.Account, command.Nonce);
        var opened = await client.Grains.Get<ISessionGrain>(id).Open(client.Sign(command, payer));
        if (!opened.Accepted)
        {
            return opened.Rejection;
        }

        // By the session's own price: the model's may have changed since it was opened, and then holds for later sessions only.
        var ledger = (await client.Grains.Get<ISessionGrain>(id).GetLedger())!;
        return new SessionHandle(client, sessionKey, ledger);
    }

    /// <summary>Buys answers for rows.</summary>
    /// <param name="rows">Feature bytes, row after row.</param>
    /// <param name="units">How many rows.</param>
    /// <exception cref="InvalidOperationException">The receipt does not follow the last one: the node tells two stories.</exception>
    public async Task<Outcome<Inference>> InferAsync(ImmutableArray<byte> rows, uint units)
    {
        if (_spent + (_unitPrice * units) - _acknowledged > _terms.Window && await AcknowledgeAsync() is { } refused)
        {
            return refused;
        }

        var answer = await _grain.Infer(_calls + 1, rows);
        if (!answer.Accepted)
        {
            return answer.Rejection;
        }

        var receipt = answer.Value.Receipt;
        if (receipt.Previous != _head || receipt.Seq != _calls + 1 || receipt.InputHash != Keccak.Hash(rows.AsSpan())
            || receipt.OutputHash != Keccak.Hash(answer.Value.Output.AsSpan()) || receipt.Fee != _unitPrice * units)
        {
            throw new InvalidOperationException($"Receipt {receipt.Seq} does not follow the one before it.");
        }

        (_calls, _spent, _head) = (receipt.Seq, _spent + receipt.Fee, receipt.Hash);
        return answer;
    }

    /// <summary>Confirms what was spent so far. Null when the node took it, or when nothing is open.</summary>
    public async Task<Rejection?> AcknowledgeAsync()
    {
        if (_spent == _acknowledged)
        {
            return null;
        }

        var state = await _grain.Acknowledge(_client.Sign(new Acknowledge(Id, _spent, _head), _key));
        _acknowledged = state.Accepted ? _spent : _acknowledged;
        return state.Rejection;
    }
}
