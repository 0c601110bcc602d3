using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>
/// What a book must answer to one caller whose debited accounts nobody else debits: then the order among callers does not matter.
/// </summary>
internal class Prediction
{
    public Holdings Holdings { get; } = new();

    /// <summary>Of ids below it the book tells none from one that was resolved, unless it is open.</summary>
    public UInt128 Floor { get; set; }

    /// <summary>Answers a batch chain by chain, each whole or not at all.</summary>
    public TransferAnswer[] Answer(Transfer[] batch)
    {
        var answers = new TransferAnswer[batch.Length];
        for (var start = 0; start < batch.Length;)
        {
            var end = start;
            while (batch[end].IsLinked)
            {
                end++;
            }

            AnswerChain(batch, start, end, answers);
            start = end + 1;
        }

        return answers;
    }

    protected virtual void Begin() => Holdings.Begin();

    protected virtual void TakeBack() => Holdings.TakeBack();

    /// <summary>Applies one; the reason why not, and the amount if so.</summary>
    protected virtual (Reason Reason, BigInteger Amount) Apply(in Transfer asked) => asked.Phase switch
    {
        TransferPhase.Single => Single(asked),
        TransferPhase.Reserve => Reserve(asked),
        _ => Resolve(asked),
    };

    protected (Reason Reason, BigInteger Amount) Single(in Transfer asked)
    {
        var amount = asked.IsClosing ? BigInteger.Max(0, Holdings.Of(asked.Debit, asked.Asset).Available) : asked.Amount;
        var reason = Refusal(asked, amount);
        if (reason == Reason.None)
        {
            Holdings.Move(asked.Debit, asked.Credit, asked.Asset, amount);
        }

        return (reason, amount);
    }

    private void AnswerChain(Transfer[] batch, int start, int end, TransferAnswer[] answers)
    {
        Begin();
        for (var i = start; i <= end; i++)
        {
            var (reason, amount) = Apply(batch[i]);
            answers[i] = new TransferAnswer(reason, reason == Reason.None ? (UInt128)amount : 0);
            if (reason == Reason.None)
            {
                Holdings.Count();
                continue;
            }

            TakeBack();
            for (var other = start; other <= end; other++)
            {
                answers[other] = other == i ? answers[i] : new TransferAnswer(Reason.LinkedFailed, 0);
            }

            return;
        }
    }

    private (Reason Reason, BigInteger Amount) Reserve(in Transfer asked)
    {
        var reason = Refusal(asked, asked.Amount);
        if (reason == Reason.None)
        {
            Holdings.SetAside(asked);
        }

        return (reason, asked.Amount);
    }

    private Reason Refusal(in Transfer asked, BigInteger amount) =>
        asked.Debit == asked.Credit ? Reason.SameAccount
        : amount == 0 ? Reason.AmountZero
        : asked.Debit.Kind != AccountKind.Issuance && Holdings.Of(asked.Debit, asked.Asset).Available < amount ? Reason.InsufficientFunds
        : Reason.None;

    private (Reason Reason, BigInteger Amount) Resolve(in Transfer asked)
    {
        if (Holdings.Reservation(asked.Of) is not (var reserved, var isOpen))
        {
            return (asked.Of < Floor ? Reason.ReservationResolved : Reason.ReservationNotFound, 0);
        }

        var amount = asked.Phase == TransferPhase.Void ? reserved.Amount : asked.Amount;
        var reason = !isOpen ? Reason.ReservationResolved
            : amount == 0 ? Reason.AmountZero
            : amount > reserved.Amount ? Reason.ReservationExceeded
            : Reason.None;
        if (reason == Reason.None)
        {
            Holdings.Free(reserved);
            if (asked.Phase == TransferPhase.Post)
            {
                Holdings.Move(reserved.Debit, reserved.Credit, reserved.Asset, amount);
            }
        }

        return (reason, amount);
    }
}
