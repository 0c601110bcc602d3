using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Money;

/// <summary>
/// What a book must answer and hold, written from the design alone, with plain dictionaries and unbounded integers, and slowly. It shares
/// no code with the book but the types of a message.
/// </summary>
internal sealed class Auditor
{
    private static readonly BigInteger Most = BigInteger.One << 126;

    private Dictionary<AccountId, (BigInteger Out, BigInteger In, BigInteger PendingOut, BigInteger PendingIn)> _held = [];
    private Dictionary<UInt128, (Transfer Asked, bool Open)> _reserved = [];
    private Dictionary<ulong, ulong> _floors = [];
    private Dictionary<UInt128, (string Said, TransferAnswer Answer)> _answered = [];
    private long _now;

    /// <summary>A copy that goes its own way.</summary>
    public Auditor Copy() => new()
    {
        _held = new(_held), _reserved = new(_reserved), _floors = new(_floors), _answered = new(_answered), _now = _now,
    };

    /// <summary>The last moment that the book has seen.</summary>
    public long Now => _now;

    /// <summary>The book has seen a later moment than its last frame says: its snapshot was made after requests that left no rows.</summary>
    public void Pass(long now) => _now = now;

    public void Fund(AccountId account, UInt128 amount) => _held[account] = (0, amount, 0, 0);

    public BigInteger Posted(AccountId account) => _held.TryGetValue(account, out var held) ? held.In - held.Out : 0;

    public BigInteger PendingOut(AccountId account) => _held.TryGetValue(account, out var held) ? held.PendingOut : 0;

    public TransferAnswer[] Answer(ulong writer, ulong answeredThrough, Transfer[] asked, long now)
    {
        _now = Math.Max(_now, now);
        foreach (var due in _reserved.Where(r => r.Value.Open && r.Value.Asked.ExpiresAt != 0 && r.Value.Asked.ExpiresAt <= _now).ToList())
        {
            Free(due.Key);
        }

        _floors[writer] = Math.Max(_floors.GetValueOrDefault(writer), answeredThrough);
        var answers = new List<TransferAnswer>();
        for (var chain = new List<Transfer>(); answers.Count + chain.Count < asked.Length;)
        {
            chain.Add(asked[answers.Count + chain.Count]);
            if ((chain[^1].Flags & TransferFlags.Linked) == 0)
            {
                answers.AddRange(AnswerChain(writer, chain));
                chain.Clear();
            }
        }

        return [.. answers];
    }

    private List<TransferAnswer> AnswerChain(ulong writer, List<Transfer> chain)
    {
        var floor = _floors[writer];
        var known = chain.ConvertAll(t => t.Sequence >= floor && _answered.ContainsKey(t.Id) && t.Sequence - floor < 16_384);
        var bad = chain.ConvertAll(t =>
            t.Sequence < floor ? Reason.TooOld
            : t.Sequence - floor >= 16_384 ? Reason.WindowFull
            : _answered.TryGetValue(t.Id, out var first) && first.Said != Say(t) ? Reason.IdReused
            : Reason.None);
        if (bad.TrueForAll(reason => reason == Reason.None) && known.TrueForAll(k => k))
        {
            return chain.ConvertAll(t => _answered[t.Id].Answer);
        }

        if (bad.Exists(reason => reason != Reason.None) || known.Exists(k => k))
        {
            var others = known.Exists(k => k) ? Reason.IdReused : Reason.LinkedFailed;
            return bad.ConvertAll(reason => new TransferAnswer(reason == Reason.None ? others : reason, 0));
        }

        var before = Copy();
        var answers = new List<TransferAnswer>();
        foreach (var transfer in chain)
        {
            answers.Add(Apply(transfer));
            if (!answers[^1].Applied)
            {
                (_held, _reserved) = (before._held, before._reserved);
                answers = chain.ConvertAll(t => t.Id == transfer.Id ? answers[^1] : new TransferAnswer(Reason.LinkedFailed, 0));
                break;
            }
        }

        for (var i = 0; i < chain.Count; i++)
        {
            _answered[chain[i].Id] = (Say(chain[i]), answers[i]);
        }

        return answers;
    }

    private TransferAnswer Apply(Transfer t)
    {
        var reason = t.Phase is TransferPhase.Single or TransferPhase.Reserve ? Fresh(t) : Resolve(ref t);
        return reason == Reason.None ? new TransferAnswer(Reason.None, t.Amount) : new TransferAnswer(reason, 0);
    }

    private Reason Fresh(in Transfer t)
    {
        if (t.Debit == t.Credit)
        {
            return Reason.SameAccount;
        }

        if (t.Phase == TransferPhase.Reserve && t.ExpiresAt != 0 && t.ExpiresAt <= _now)
        {
            return Reason.ExpiryInvalid;
        }

        var (payer, payee) = (_held.GetValueOrDefault(t.Debit), _held.GetValueOrDefault(t.Credit));
        var amount = (BigInteger)t.Amount;
        var reason = amount == 0 ? Reason.AmountZero
            : amount >= Most ? Reason.Overflow
            : payer.In - payer.Out - payer.PendingOut < amount ? Reason.InsufficientFunds
            : payee.In + payee.PendingIn + amount >= Most || payer.Out + payer.PendingOut + amount >= Most ? Reason.Overflow
            : Reason.None;
        if (reason == Reason.None && t.Phase == TransferPhase.Single)
        {
            _held[t.Debit] = payer with { Out = payer.Out + amount };
            _held[t.Credit] = payee with { In = payee.In + amount };
        }
        else if (reason == Reason.None)
        {
            _held[t.Debit] = payer with { PendingOut = payer.PendingOut + amount };
            _held[t.Credit] = payee with { PendingIn = payee.PendingIn + amount };
            _reserved[t.Id] = (t, true);
        }

        return reason;
    }

    private Reason Resolve(ref Transfer t)
    {
        if (!_reserved.TryGetValue(t.Of, out var reserved))
        {
            return Reason.ReservationNotFound;
        }

        if (!reserved.Open)
        {
            return Reason.ReservationResolved;
        }

        t.Amount = t.Phase == TransferPhase.Void ? reserved.Asked.Amount : t.Amount;
        if (t.Amount == 0 || t.Amount > reserved.Asked.Amount)
        {
            return t.Amount == 0 ? Reason.AmountZero : Reason.ReservationExceeded;
        }

        Free(t.Of);
        if (t.Phase == TransferPhase.Post)
        {
            var (payer, payee) = (_held[reserved.Asked.Debit], _held[reserved.Asked.Credit]);
            _held[reserved.Asked.Debit] = payer with { Out = payer.Out + t.Amount };
            _held[reserved.Asked.Credit] = payee with { In = payee.In + t.Amount };
        }

        return Reason.None;
    }

    private void Free(UInt128 id)
    {
        var asked = _reserved[id].Asked;
        _reserved[id] = (asked, false);
        _held[asked.Debit] = _held[asked.Debit] with { PendingOut = _held[asked.Debit].PendingOut - asked.Amount };
        _held[asked.Credit] = _held[asked.Credit] with { PendingIn = _held[asked.Credit].PendingIn - asked.Amount };
    }

    /// <summary>All that a writer said; two transfers with the same words are the same.</summary>
    private static string Say(in Transfer t) =>
        t.Of == 0
            ? $"{t.Phase} {t.Flags} {t.Debit} {t.Credit} {t.Amount} {t.ExpiresAt} {t.Cause}"
            : $"{t.Phase} {t.Flags} {t.Of} {(t.Phase == TransferPhase.Void ? 0 : t.Amount)} {t.Cause}";
}
