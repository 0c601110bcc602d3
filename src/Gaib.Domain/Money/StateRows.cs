using System.Numerics;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

/// <summary>Compares single rows of a state with what a refold has for them.</summary>
internal static class StateRows
{
    public static string NameOf(UInt128 id) => $"reservation {(ulong)(id >> 64)}:{(ulong)id}";

    public static void Compare(LedgerRefold refold, SnapshotHead head, LedgerFaults faults)
    {
        faults.Differ("applied transfers", "the book", "", refold.Sequence, head.Sequence, refold.Sequence);
        for (var writer = 0; writer < head.Own.Length; writer++)
        {
            faults.Differ("the last id of the book's own writer", $"writer {writer}", "", refold.Ids.Own[writer], head.Own[writer], refold.Sequence);
        }

        faults.Differ("the next ephemeral writer", "the book", "", refold.Ids.NextEphemeral, head.NextEphemeral, refold.Sequence);

        // A state may be of a moment between two requests of one frame, and a request that leaves no row moves the clock too: so the
        // clock is bounded below and not known.
        faults.Differ("the clock", "the book", "", BigInteger.Max(refold.BeforeAt, head.LastAt), head.LastAt, refold.Sequence);
    }

    public static void Compare(SnapshotBalance row, RefoldBalance known, LedgerFaults faults)
    {
        var (found, before) = (row.Balance, faults.Count);
        Differ("debits posted", known.DebitsPosted, found.DebitsPosted);
        Differ("credits posted", known.CreditsPosted, found.CreditsPosted);
        Differ("debits pending", known.DebitsPending, found.DebitsPending);
        Differ("credits pending", known.CreditsPending, found.CreditsPending);
        if (faults.Count > before)
        {
            Differ("the balance", known.CreditsPosted - known.DebitsPosted, (BigInteger)found.CreditsPosted - found.DebitsPosted);
        }

        void Differ(string what, BigInteger expected, BigInteger actual)
        {
            if (expected != actual)
            {
                faults.Add(new LedgerFault(what, row.Of.Account.ToString(), row.Of.Asset.ToString(), expected, actual, known.Sequence));
            }
        }
    }

    public static void Compare(SnapshotReservation row, RefoldReservation known, LedgerFaults faults)
    {
        var (name, reserve) = (NameOf(row.Id), known.Reserve);
        faults.Differ("the amount", name, row.Asset.ToString(), reserve.Amount, row.Amount, 0);
        faults.Differ("the expiry", name, "", reserve.ExpiresAt, row.ExpiresAt, 0);
        faults.Differ("the phase that resolved it", name, "", (uint)known.ResolvedBy, row.ResolvedBy, 0);
        var same = (row.Debit, row.Credit, row.Asset) == (reserve.Debit, reserve.Credit, reserve.Asset);
        faults.Differ("the accounts are others", name, "", 1, same ? 1 : 0, 0);
    }

    public static void Compare(SnapshotPool row, RefoldPool known, LedgerFaults faults)
    {
        var (name, found) = (row.Account.ToString(), row.State);
        faults.Differ("fed", name, "", known.Fed, found.Fed, known.Sequence);
        faults.Differ("weight", name, "", known.Weight, found.Weight, known.Sequence);
        faults.Differ("income of a unit of weight, in 2^-64", name, "", known.PerUnit, found.Acc, known.Sequence);
        faults.Differ("remainder, in 2^-64", name, "", known.Rem, found.Rem, known.Sequence);
        faults.Differ("unallocated", name, "", known.Unallocated, found.Unallocated, known.Sequence);
        faults.Differ("the asset", name, "", known.Asset.Value, found.Asset.Value, known.Sequence);
    }

    public static void Compare(SnapshotMember row, RefoldMember known, LedgerFaults faults)
    {
        var (name, found) = ($"{row.Of.Member} in {row.Of.Pool}", row.State);
        var whole = BigInteger.DivRem(known.Entitled, RefoldPool.Scale, out var fraction);
        Differ("weight", known.Weight, found.Weight);
        Differ("accrued", whole, found.Accrued);
        Differ("fraction, in 2^-64", fraction, found.Fraction);
        Differ("income of a unit at the last settle, in 2^-64", known.SettledAt, found.PaidAcc);
        Differ("collected", known.Collected, found.Collected);

        void Differ(string what, BigInteger expected, BigInteger actual)
        {
            if (expected != actual)
            {
                faults.Add(new LedgerFault(what, name, "", expected, actual, known.Sequence));
            }
        }
    }

    /// <summary>False where the refold does not know the writer.</summary>
    public static bool Compare(LedgerRefold refold, SnapshotWriter row, ulong number, LedgerFaults faults)
    {
        if (refold.Ids.Find(number) is not { } ids)
        {
            return row.Floor == 0 && row.Answered.IsEmpty;
        }

        faults.Differ("the floor", $"writer {number}", "", ids.Floor, row.Floor, 0);
        faults.Differ("ids above the floor", $"writer {number}", "", ids.UsedCount, row.Answered.Length, 0);
        foreach (var sequence in row.Answered.Where(sequence => !ids.IsUsed(sequence)))
        {
            faults.Add(new LedgerFault("an answer without a transfer", $"id {number}:{sequence}", "", 0, 1, 0));
        }

        return true;
    }
}
