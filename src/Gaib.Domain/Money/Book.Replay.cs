using System.Collections.Immutable;

namespace Gaib.Domain.Money;

public sealed partial class Book
{
    private CommandRow? _replayed;
    private readonly List<TransferAnswer> _replayedAnswers = [];

    /// <summary>
    /// Folds the rows of one journalled frame into the book. Nothing is decided again: what was answered stands, and the amounts
    /// are those that were written.
    /// </summary>
    /// <param name="payload">The frame's rows.</param>
    /// <param name="at">The frame's time.</param>
    public void Replay(ReadOnlyMemory<byte> payload, long at)
    {
        LastAt = long.Max(LastAt, at);
        foreach (var row in BookRow.Read(payload))
        {
            if (row is not TransferRow)
            {
                EndCommand();
            }

            ReplayOne(row);
        }

        EndCommand();
        ForgetResolved();
    }

    private void ReplayOne(BookRow row)
    {
        switch (row)
        {
            case TransferRow { Transfer: var transfer }:
                ReplayTransfer(transfer);
                break;
            case CommandRow command:
                _replayed = command;
                break;
            case AssetRow { Asset: var asset }:
                Register(asset);
                break;
            case WriterRow { Name: var name }:
                _writers.Open(name);
                break;
            case EphemeralWriterRow { Number: var number }:
                _writers.OpenEphemeral(number, LastAt);
                break;
            case WriterEndRow { Number: var number } when _writers.End(number):
                break;
            case FloorRow floor when _writers.TryGet(floor.Writer, out var writer):
                writer.UsedAt = LastAt;
                writer.RaiseFloor(floor.Floor);
                break;
            case NoteRow { Note: var note }:
                Remember(note);
                break;
            default:
                throw new InvalidOperationException($"The row {row} does not fit the book.");
        }
    }

    private void ReplayTransfer(in Transfer transfer)
    {
        if (transfer.Result == Reason.None)
        {
            Post(transfer);
        }

        if (transfer.Writer < Writers.FirstIssued)
        {
            _ownSequence[transfer.Writer] = ulong.Max(_ownSequence[transfer.Writer], transfer.Sequence);
            if (transfer.Writer == CommandWriter)
            {
                _replayedAnswers.Add(new TransferAnswer(Reason.None, transfer.Amount));
            }
        }
        else if (_writers.TryGet(transfer.Writer, out var writer))
        {
            var answer = new TransferAnswer(transfer.Result, transfer.Result == Reason.None ? transfer.Amount : 0);
            writer.UsedAt = LastAt;
            writer.Remember(transfer.Sequence, transfer.Fingerprint(), answer);
        }
    }

    /// <summary>A command's own transfers follow it; the next row of another kind ends them.</summary>
    private void EndCommand()
    {
        if (_replayed is { } row)
        {
            Accept(row.Command, new CommandAnswer([.. _replayedAnswers], row.Sequence));
        }

        _replayed = null;
        _replayedAnswers.Clear();
    }
}
