using System.Collections.Immutable;

using Gaib.Domain.Compute;

namespace Gaib.Domain.Training;

/// <summary>What a closed round asks of one lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Command">What it is asked.</param>
public sealed record LeaseInstruction(Hash32 Lease, LeaseCommand Command);

/// <summary>From closed rounds to leases: the one place where a verdict becomes pay.</summary>
public static class RoundPayout
{
    /// <summary>
    /// The commands for the leases of a round, in the order to send them: who was caught forfeits and is not billed; everyone else is
    /// billed with the round's hash as cause, and who leaves is closed after that.
    /// </summary>
    /// <param name="round">The closed round.</param>
    public static ImmutableArray<LeaseInstruction> Of(ClosedRound round)
    {
        var instructions = ImmutableArray.CreateBuilder<LeaseInstruction>();
        foreach (var row in round.Slots)
        {
            if (LeasePayments.IsFault(row.Leaves))
            {
                instructions.Add(new LeaseInstruction(row.Lease, new CatchHost(round.Round, row.Leaves)));
                continue;
            }

            instructions.Add(new LeaseInstruction(row.Lease, new BillLeaseRound(round.Round, row.Work, round.Hash)));
            if (row.Leaves != Reason.None)
            {
                instructions.Add(new LeaseInstruction(row.Lease, new CloseLease(row.Leaves)));
            }
        }

        return instructions.ToImmutable();
    }

    /// <summary>
    /// The work that a run bills to a lease, for <see cref="LeasePayments.Expected"/>: with it, everything a lease paid is recomputed
    /// from its terms and the run's rounds alone.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="rounds">Its closed rounds, in order.</param>
    /// <param name="lease">The lease.</param>
    public static IEnumerable<BilledWork> BilledTo(Hash32 run, IEnumerable<ClosedRound> rounds, Hash32 lease) =>
        from round in rounds
        from row in round.Slots
        where row.Lease == lease && !LeasePayments.IsFault(row.Leaves)
        select new BilledWork(run, round.Round, round.Hash, row.Work, row.Terms.Rate);
}
