using Gaib.Abstractions.Governance;
using Gaib.Domain;
using Gaib.Domain.Models;

namespace Gaib.Grains.Models;

/// <summary>What a session's grain stores: a fold of its first notes, so that an activation need not read them all.</summary>
/// <param name="Session">The rule's state.</param>
/// <param name="Price">The price in force when it opened.</param>
/// <param name="FeeRemainder">What the protocol fee's division left over, carried in the session.</param>
/// <param name="Notes">How many of the journal's notes are folded in.</param>
/// <param name="OpenSignature">The payer's signature of the opening.</param>
/// <param name="CloseSignature">The payer's signature of the closing, once closed.</param>
[GenerateSerializer, Immutable]
internal sealed record SessionKept(
    [property: Id(0)] SessionState Session,
    [property: Id(1)] PriceRecord Price,
    [property: Id(2)] ulong FeeRemainder,
    [property: Id(3)] ulong Notes,
    [property: Id(4)] Signature OpenSignature,
    [property: Id(5)] Signature? CloseSignature = null)
{
    /// <summary>The state with one more note.</summary>
    public SessionKept With(SessionNote note, Network network)
    {
        if (note is ServedNote { Receipt: var receipt })
        {
            if (receipt.Seq <= Session.Seq)
            {
                // A call that is folded in already took its part of the remainder then.
                return this with { Notes = Notes + 1 };
            }

            var split = FeeRule.Split(Price, receipt.Units, network.Parameters.ProtocolFeePpm, FeeRemainder);
            return this with
            {
                Session = SessionRule.Evolve(Session, new CallMetered(receipt)),
                FeeRemainder = split.Remainder,
                Notes = Notes + 1,
            };
        }

        if (note is ClosedNote { Signature: var signature })
        {
            return Session.Phase != SessionPhase.Open ? this with { Notes = Notes + 1 } : this with
            {
                Session = SessionRule.Evolve(Session, new SessionEnded(SessionPhase.Closed, Session.Rest)),
                CloseSignature = signature,
                Notes = Notes + 1,
            };
        }

        var acknowledged = ((AcknowledgedNote)note).Acknowledged;
        return this with { Session = SessionRule.Evolve(Session, acknowledged), Notes = Notes + 1 };
    }
}
