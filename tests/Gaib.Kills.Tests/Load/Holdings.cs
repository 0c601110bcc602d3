using System.Numerics;
using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>What one caller alone has moved: balances and reservations, with nothing of the book's own code. A chain can be taken back.</summary>
internal sealed class Holdings
{
    private readonly Dictionary<(AccountId, AssetId), Held> _held = [];
    private readonly Dictionary<UInt128, (Transfer Asked, bool IsOpen)> _reserved = [];
    private readonly Stack<Action> _undo = [];
    private ulong _appliedAtBegin;

    /// <summary>How many transfers were applied.</summary>
    public ulong Applied { get; private set; }

    public IEnumerable<KeyValuePair<(AccountId Account, AssetId Asset), Held>> All => _held;

    public Held Of(AccountId account, AssetId asset) => _held.GetValueOrDefault((account, asset));

    public (Transfer Asked, bool IsOpen)? Reservation(UInt128 id) => _reserved.TryGetValue(id, out var found) ? found : null;

    public void Begin()
    {
        _undo.Clear();
        _appliedAtBegin = Applied;
    }

    /// <summary>Takes back all since the last <see cref="Begin"/>.</summary>
    public void TakeBack()
    {
        while (_undo.TryPop(out var undo))
        {
            undo();
        }

        Applied = _appliedAtBegin;
    }

    public void Count() => Applied++;

    public void Move(AccountId debit, AccountId credit, AssetId asset, BigInteger amount)
    {
        Add(debit, asset, new Held(0, amount, 0, 0));
        Add(credit, asset, new Held(amount, 0, 0, 0));
    }

    public void SetAside(in Transfer asked)
    {
        Put(asked.Id, (asked, true));
        Add(asked.Debit, asked.Asset, new Held(0, 0, 0, asked.Amount));
        Add(asked.Credit, asked.Asset, new Held(0, 0, asked.Amount, 0));
    }

    public void Free(in Transfer reserved)
    {
        Put(reserved.Id, (reserved, false));
        Add(reserved.Debit, reserved.Asset, new Held(0, 0, 0, -(BigInteger)reserved.Amount));
        Add(reserved.Credit, reserved.Asset, new Held(0, 0, -(BigInteger)reserved.Amount, 0));
    }

    private void Put(UInt128 id, (Transfer Asked, bool IsOpen) reservation)
    {
        if (_reserved.TryGetValue(id, out var before))
        {
            _undo.Push(() => _reserved[id] = before);
        }
        else
        {
            _undo.Push(() => _reserved.Remove(id));
        }

        _reserved[id] = reservation;
    }

    private void Add(AccountId account, AssetId asset, Held more)
    {
        var before = Of(account, asset);
        _undo.Push(() => _held[(account, asset)] = before);
        _held[(account, asset)] = before + more;
    }
}
