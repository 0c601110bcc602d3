namespace Gaib.Domain.Money;

public sealed partial class Book
{
    /// <summary>
    /// What <see cref="ApplyBatch"/> does, for transfers in their shortest form: an applied one goes into the journal in the bytes in which it
    /// came.
    /// </summary>
    /// <param name="writer">The writer's number.</param>
    /// <param name="answeredThrough">The writer has seen every answer below this sequence.</param>
    /// <param name="first">The sequence of the first transfer; the others follow one by one.</param>
    /// <param name="transfers">In order, at most <see cref="BookRequest.TransfersMax"/>.</param>
    /// <param name="now">Unix milliseconds of the runtime's clock.</param>
    /// <param name="rows">Takes the rows to be made durable before the answers are given out.</param>
    /// <param name="answers">Takes one answer a transfer, unless all were applied as they asked.</param>
    /// <param name="asAsked">True when every transfer was applied in the amount that it asked for.</param>
    /// <returns>Null, or why nothing was applied: BatchInvalid or WriterUnknown.</returns>
    public Rejection? ApplyPlainBatch(
        ulong writer,
        ulong answeredThrough,
        ulong first,
        ReadOnlySpan<PlainTransfer> transfers,
        long now,
        BookRows rows,
        Span<TransferAnswer> answers,
        out bool asAsked)
    {
        asAsked = false;
        if (BeginBatch(writer, answeredThrough, (transfers.Length, false), now, rows, out var known) is { } refused)
        {
            return refused;
        }

        asAsked = true;
        for (var i = 0; i < transfers.Length; i++)
        {
            if (i % Ahead == 0)
            {
                LookAhead(transfers[i..]);
            }

            ref readonly var asked = ref transfers[i];
            var answer = ApplyPlain(known, asked, first + (ulong)i, _ahead[i % Ahead], rows);
            if (asAsked && !(answer.Applied && answer.Amount == asked.Amount))
            {
                asAsked = false;
                for (var before = 0; before < i; before++)
                {
                    answers[before] = new TransferAnswer(Reason.None, transfers[before].Amount);
                }
            }

            if (!asAsked)
            {
                answers[i] = answer;
            }
        }

        return null;
    }

    private TransferAnswer ApplyPlain(Writers.Writer writer, in PlainTransfer asked, ulong sequence, (int From, int To) found, BookRows rows)
    {
        if (!asked.IsFormed)
        {
            return new TransferAnswer(Reason.BatchInvalid, 0);
        }

        var (id, debit, credit) = (Transfer.IdOf(writer.Number, sequence), asked.Debit, asked.Credit);
        if (writer.CheckFree(sequence) != Reason.None || !ArePlain(debit, credit))
        {
            var answer = default(TransferAnswer);
            ApplySingle(writer, asked.ToTransfer(id), found, ref answer, rows);
            return answer;
        }

        var reason = PostPlain(debit, credit, asked.Amount, found);
        if (reason == Reason.None)
        {
            rows.AddPlain(asked, id);
        }
        else
        {
            rows.AddTransfer(asked.ToTransfer(id) with { Result = reason });
        }

        var given = new TransferAnswer(reason, reason == Reason.None ? asked.Amount : 0);
        writer.Remember(sequence, Transfer.FingerprintOf(asked.Amount, debit, credit), given);
        return given;
    }
}
