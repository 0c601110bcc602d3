using System.Collections.Immutable;
using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

internal sealed partial class LedgerAuditor
{
    private static readonly BigInteger Most = BigInteger.One << 126;
    private static readonly BigInteger PoolMost = BigInteger.One << 63;

    private Holding Held(AccountId account, AssetId asset) => _now.Held.GetValueOrDefault((account, asset));

    private void Hold(AccountId account, AssetId asset, Func<Holding, Holding> change) =>
        _now = _now with { Held = _now.Held.SetItem((account, asset), change(Held(account, asset))) };

    /// <summary>One transfer; what the book decides of it is filled in.</summary>
    private TransferAnswer Apply(ref Transfer transfer)
    {
        var reason = !HasForm(transfer) ? Reason.BatchInvalid
            : transfer.Phase is TransferPhase.Single or TransferPhase.Reserve ? Fresh(ref transfer)
            : Resolving(ref transfer);
        if (reason == Reason.None)
        {
            _now = _now with { Sequence = _now.Sequence + 1 };
        }

        return new TransferAnswer(reason, reason == Reason.None ? transfer.Amount : 0);
    }

    /// <summary>Nothing is set that the phase has no use for, and nobody but the book says that something arrives.</summary>
    private static bool HasForm(in Transfer transfer)
    {
        var resolves = transfer.Phase is TransferPhase.Post or TransferPhase.Void or TransferPhase.Expire;
        return transfer.Phase <= TransferPhase.Expire
            && !transfer.Flags.HasFlag(TransferFlags.Arrival)
            && (resolves || transfer.Of == 0)
            && (transfer.Phase == TransferPhase.Reserve || transfer.ExpiresAt == 0)
            && !(resolves && transfer.Flags.HasFlag(TransferFlags.Collect));
    }

    private Reason Fresh(ref Transfer transfer)
    {
        var isCollect = transfer.Flags.HasFlag(TransferFlags.Collect);
        var reason = OfAccounts(transfer, isCollect);
        if (reason == Reason.None && transfer.Phase == TransferPhase.Reserve && transfer.ExpiresAt != 0 && transfer.ExpiresAt <= _now.At)
        {
            reason = Reason.ExpiryInvalid;
        }

        if (reason != Reason.None)
        {
            return reason;
        }

        // A pool that is about to settle a member first takes in what it is owed itself.
        if (transfer.Asset != AssetId.Gaib || isCollect)
        {
            Pull(isCollect ? transfer.Debit : _now.Assets[transfer.Asset].Pool);
        }

        if (isCollect || transfer.Flags.HasFlag(TransferFlags.Closing))
        {
            transfer.Amount = (UInt128)(isCollect
                ? _now.Pools[transfer.Debit].Due(transfer.Credit)
                : BigInteger.Max(0, Held(transfer.Debit, transfer.Asset).Available));
        }

        reason = OfAmount(transfer);
        if (reason == Reason.None)
        {
            Book(transfer, isCollect);
        }

        return reason;
    }

    private void Book(Transfer transfer, bool isCollect)
    {
        var amount = (BigInteger)transfer.Amount;
        if (transfer.Phase == TransferPhase.Single)
        {
            Move(transfer, amount, isCollect);
            return;
        }

        Hold(transfer.Debit, transfer.Asset, held => held with { PendingOut = held.PendingOut + amount });
        Hold(transfer.Credit, transfer.Asset, held => held with { PendingIn = held.PendingIn + amount });
        _now = _now with
        {
            Reserved = _now.Reserved.SetItem(transfer.Id, new AuditedReservation(transfer, true)),
            Due = transfer.ExpiresAt == 0 ? _now.Due : _now.Due.Add((transfer.ExpiresAt, transfer.Id)),
        };
    }

    private Reason OfAccounts(in Transfer transfer, bool isCollect)
    {
        var (debit, credit) = (transfer.Debit, transfer.Credit);
        return debit == credit ? Reason.SameAccount
            : !IsWellFormed(debit) || !IsWellFormed(credit) ? Reason.AccountInvalid
            : transfer.Asset != AssetId.Gaib ? OfShares(transfer, isCollect)
            : debit.Kind == AccountKind.Pool != isCollect || IsDue(debit) || IsDue(credit) ? Reason.AccountInvalid
            : !site.Has(debit) || (transfer.Phase != TransferPhase.Single && !site.Has(credit)) ? Reason.WrongBook
            : IsNoPool(debit) || (site.Has(credit) && IsNoPool(credit)) ? Reason.AccountInvalid
            : isCollect && transfer.Phase != TransferPhase.Single ? Reason.BatchInvalid
            : Reason.None;
    }

    private Reason OfShares(in Transfer transfer, bool isCollect)
    {
        var (debit, credit) = (transfer.Debit.Kind, transfer.Credit.Kind);
        return !_now.Assets.TryGetValue(transfer.Asset, out var asset) ? Reason.AssetUnknown
            : asset.Frozen && debit != AccountKind.Issuance ? Reason.AssetFrozen
            : credit is not (AccountKind.Person or AccountKind.Pool) || IsNoPool(transfer.Credit) ? Reason.AccountInvalid
            : debit is not (AccountKind.Person or AccountKind.Issuance) ? Reason.AccountInvalid
            : isCollect ? Reason.BatchInvalid
            : credit == AccountKind.Pool && IsAbove(transfer.Credit, asset.Pool) ? Reason.PoolCycle
            : Reason.None;
    }

    private static bool IsWellFormed(AccountId account) =>
        account.Kind is AccountKind.Treasury or AccountKind.Issuance ? account.Key.IsZero
        : account.Kind is > AccountKind.None and <= AccountKind.DueFrom && !account.Key.IsZero;

    private bool IsNoPool(AccountId account) => account.Kind == AccountKind.Pool && !_now.Pools.ContainsKey(account);

    /// <summary>True when one pool is the other, or feeds it.</summary>
    private bool IsAbove(AccountId above, AccountId below) =>
        above == below || _now.Pools[below].Parents.Any(parent => IsAbove(above, parent));

    private Reason OfAmount(in Transfer transfer)
    {
        var amount = (BigInteger)transfer.Amount;
        return amount.IsZero ? Reason.AmountZero
            : amount >= Most ? Reason.Overflow
            : transfer.Debit.Kind != AccountKind.Issuance && Held(transfer.Debit, transfer.Asset).Available < amount ? Reason.InsufficientFunds
            : OfLimits(transfer, amount);
    }

    private Reason OfLimits(in Transfer transfer, BigInteger amount)
    {
        var taker = TakerOf(transfer);
        var (payer, payee) = (Held(transfer.Debit, transfer.Asset), Held(taker, transfer.Asset));
        return payee.In + payee.PendingIn + amount >= Most || payer.Out + payer.PendingOut + amount >= Most ? Reason.Overflow
            : transfer.Asset != AssetId.Gaib ? OfWeight(transfer, amount)
            : taker.Kind == AccountKind.Pool && _now.Pools[taker].Fed + amount >= PoolMost ? Reason.PoolFull
            : Reason.None;
    }

    private Reason OfWeight(in Transfer transfer, BigInteger amount) =>
        transfer.Debit.Kind == AccountKind.Issuance && _now.Pools[_now.Assets[transfer.Asset].Pool].Weight + amount >= PoolMost
            ? Reason.PoolWeightFull
            : Reason.None;

    /// <summary>An id of which its writer needs to know nothing more: the book tells none such from one that was resolved.</summary>
    private bool IsPast(UInt128 id)
    {
        var (writer, sequence) = ((ulong)(id >> 64), (ulong)id);
        var isNamed = writer >= FirstWriter && writer - FirstWriter < (ulong)_now.Writers.Count;
        return writer == CommandWriter ? (Int128)sequence <= (Int128)_now.OfCommands - Window
            : isNamed || _now.Ephemeral.Contains(writer) ? sequence < FloorOf(writer)
            : writer >= 1UL << 63 && writer < _now.NextEphemeral;
    }

    private Reason Resolving(ref Transfer transfer)
    {
        if (!_now.Reserved.TryGetValue(transfer.Of, out var reserved))
        {
            return IsPast(transfer.Of) ? Reason.ReservationResolved : Reason.ReservationNotFound;
        }

        if (!reserved.IsOpen)
        {
            return Reason.ReservationResolved;
        }

        var asked = reserved.Asked;
        if (transfer.Phase == TransferPhase.Expire)
        {
            // What is due was freed before anybody could say so.
            return Reason.ExpiryInvalid;
        }

        transfer = transfer with { Debit = asked.Debit, Credit = asked.Credit, Asset = asked.Asset };
        if (transfer.Phase == TransferPhase.Void || transfer.Flags.HasFlag(TransferFlags.Closing))
        {
            transfer.Amount = asked.Amount;
        }

        var amount = (BigInteger)transfer.Amount;
        var reason = amount.IsZero ? Reason.AmountZero
            : amount > asked.Amount ? Reason.ReservationExceeded
            : transfer.Phase == TransferPhase.Post ? OfPosting(transfer, amount)
            : Reason.None;
        if (reason == Reason.None)
        {
            Free(transfer.Of);
            if (transfer.Phase == TransferPhase.Post)
            {
                Move(transfer, amount, isCollect: false);
            }
        }

        return reason;
    }

    /// <summary>Shares that were set aside move now: what holds for a share transfer holds at this moment, not at the one before.</summary>
    private Reason OfPosting(in Transfer transfer, BigInteger amount)
    {
        if (transfer.Asset != AssetId.Gaib)
        {
            var pool = _now.Assets[transfer.Asset].Pool;
            if (transfer.Credit.Kind == AccountKind.Pool && IsAbove(transfer.Credit, pool))
            {
                return Reason.PoolCycle;
            }

            Pull(pool);
        }

        // The totals have counted the amount since it was set aside.
        return transfer.Asset != AssetId.Gaib ? OfWeight(transfer, amount)
            : transfer.Credit.Kind == AccountKind.Pool && _now.Pools[transfer.Credit].Fed + amount >= PoolMost ? Reason.PoolFull
            : Reason.None;
    }

    private void Free(UInt128 id)
    {
        var asked = _now.Reserved[id].Asked;
        _now = _now with
        {
            Reserved = _now.Reserved.SetItem(id, new AuditedReservation(asked, false)),
            Due = _now.Due.Remove((asked.ExpiresAt, id)),
        };
        Hold(asked.Debit, asked.Asset, held => held with { PendingOut = held.PendingOut - asked.Amount });
        Hold(asked.Credit, asked.Asset, held => held with { PendingIn = held.PendingIn - asked.Amount });
    }

    private void Move(in Transfer transfer, BigInteger amount, bool isCollect)
    {
        var taker = TakerOf(transfer);
        Hold(transfer.Debit, transfer.Asset, held => held with { Out = held.Out + amount });
        Hold(taker, transfer.Asset, held => held with { In = held.In + amount });
        if (taker.Kind == AccountKind.Session && !_now.Opened.ContainsKey(taker))
        {
            _now = _now with { Opened = _now.Opened.Add(taker, _now.Sequence + 1) };
        }

        if (isCollect)
        {
            Change(transfer.Debit, transfer.Credit, member => member with { Collected = member.Collected + amount });
        }

        if (transfer.Asset != AssetId.Gaib)
        {
            MoveShares(transfer, amount);
        }
        else if (taker != transfer.Credit)
        {
            Leave(transfer, amount);
        }
        else if (taker.Kind == AccountKind.Pool)
        {
            Set(taker, pool => pool.Feed(amount));
        }
    }
}
