using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Models;

internal sealed partial class SessionGrain
{
    public async Task<Outcome<SessionState>> Close(Signed<CloseSession> command)
    {
        if (_live is not { } live)
        {
            return Reason.NotFound;
        }

        if (live.Session.Phase != SessionPhase.Open && live.CloseSignature == command.Signature)
        {
            return live.Session;
        }

        var decided = SessionRule.Close(live.Session, command.Command);
        if (!decided.Accepted)
        {
            return decided.Rejection;
        }

        var verified = verifier.Verify(command);
        return verified.Accepted ? await CloseAsync(live, verified.Value, command.Signature) : verified.Rejection;
    }

    /// <summary>The closing is kept as a note beside its refund, so that the session is closed as soon as the book has it.</summary>
    private async Task<Outcome<SessionState>> CloseAsync(SessionKept live, CommandRecord command, Signature signature)
    {
        var (refund, note) = (SessionTransfers.Refund(live.Session.Terms, live.Session.Rest), new ClosedNote(signature));
        try
        {
            var reply = await books.SubmitAsync(network, command, refund, new Note(Id, note.Encode(), live.Notes));
            if (reply.Rejection is { Reason: not Reason.NoteMisplaced } rejection)
            {
                return rejection;
            }

            if (reply.Rejection is { } missed)
            {
                throw new InvalidOperationException($"Session {Id} has missed what another activation noted: {missed}. Ask again.");
            }

            _live = reply.Repeated ? await FoldAsync() : live.With(note, network);
            await KeepAsync(_live);
            return _live.Session;
        }
        catch (BookBusyException busy)
        {
            return busy.Rejection;
        }
        catch
        {
            // Whether the book has it is unknown; the next activation reads the journal and knows.
            DeactivateOnIdle();
            throw;
        }
    }
}
