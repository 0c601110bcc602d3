using System.Numerics;

namespace Gaib.Domain.Money;

public sealed partial class LedgerRefold
{
    /// <summary>Starts from a snapshot that is known to be right, with what the rows after it touch.</summary>
    /// <param name="parts">The snapshot's parts.</param>
    /// <param name="touched">What the rows after it touch.</param>
    /// <exception cref="InvalidOperationException">The snapshot is of another version or cut short.</exception>
    public static LedgerRefold From(IEnumerable<ReadOnlyMemory<byte>> parts, LedgerTouch touched)
    {
        var refold = new LedgerRefold();
        foreach (var row in SnapshotRow.Read(parts).Where(touched.Holds))
        {
            refold.Seed(row, touched);
        }

        return refold;
    }

    private void Seed(SnapshotRow row, LedgerTouch touched)
    {
        switch (row)
        {
            case SnapshotHead head:
                (Sequence, LastAt) = (head.Sequence, head.LastAt);
                head.Own.CopyTo(Ids.Own);
                Ids.NextEphemeral = head.NextEphemeral;
                break;
            case SnapshotAsset { Asset: var asset }:
                Assets.Add(asset.Asset, asset);
                break;
            case SnapshotBalance { Of: var key, Balance: var balance }:
                Balances.Add(key, new RefoldBalance
                {
                    DebitsPosted = balance.DebitsPosted,
                    CreditsPosted = balance.CreditsPosted,
                    DebitsPending = balance.DebitsPending,
                    CreditsPending = balance.CreditsPending,
                });
                break;
            case SnapshotReservation reserved:
                Seed(reserved);
                break;
            case SnapshotPool { Account: var account, State: var pool }:
                Pools.Add(account, new RefoldPool(pool.Asset)
                {
                    PerUnit = pool.Acc, Rem = pool.Rem, Unallocated = pool.Unallocated, Fed = pool.Fed, Weight = pool.Weight,
                });
                break;
            case SnapshotMember { Of: var of, State: var member }:
                Members.Add((of.Pool, of.Member), new RefoldMember
                {
                    Weight = member.Weight,
                    Entitled = ((BigInteger)member.Accrued * RefoldPool.Scale) + member.Fraction,
                    SettledAt = member.PaidAcc,
                    Collected = member.Collected,
                });
                break;
            case SnapshotCommand command:
                Commands.Add(command.Digest, command.Sequence);
                break;
            case SnapshotNonce nonce:
                Nonces.Add((nonce.Of.Account, nonce.Of.Nonce));
                break;
            case SnapshotNotes notes:
                Notes.Add(notes.Stream, (notes.Count, notes.Last));
                break;
            case SnapshotSent sent:
                Sent.Add((sent.Of.Peer, sent.Of.Account), sent.Total);
                break;
            case SnapshotSeen seen:
                Seen.Add((seen.Of.Peer, seen.Of.Account), seen.Total);
                break;
            case SnapshotWriter writer:
                Ids.Seed(writer, touched.HoldsWriter);
                break;
        }
    }

    private void Seed(SnapshotReservation row)
    {
        var reserve = new Transfer
        {
            Id = row.Id, Debit = row.Debit, Credit = row.Credit, Asset = row.Asset, Amount = row.Amount, ExpiresAt = row.ExpiresAt,
            Phase = TransferPhase.Reserve,
        };
        Reservations.Add(row.Id, new RefoldReservation(reserve, (TransferPhase)row.ResolvedBy));
    }
}
