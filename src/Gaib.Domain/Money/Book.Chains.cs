namespace Gaib.Domain.Money;

/// <summary>How a writer's transfers are applied, alone or in chains that hold or fall together.</summary>
public sealed partial class Book
{
    /// <summary>Applies chain after chain. True when all of it had been answered before.</summary>
    private bool ApplyTransfers(Writers.Writer writer, ReadOnlySpan<Transfer> transfers, Span<TransferAnswer> answers, BookRows rows)
    {
        var repeated = true;
        var lookedAt = 0;
        for (var start = 0; start < transfers.Length;)
        {
            if (start >= lookedAt)
            {
                LookAhead(transfers[start..]);
                lookedAt = start + Ahead;
            }

            if (!transfers[start].IsLinked)
            {
                repeated &= ApplySingle(writer, transfers[start], _ahead[start + Ahead - lookedAt], ref answers[start], rows);
                start++;
                continue;
            }

            var end = start;
            while (transfers[end].IsLinked)
            {
                end++;
            }

            repeated &= ApplyChain(writer, transfers, start, end, answers, rows);
            start = end + 1;
        }

        return repeated;
    }

    /// <summary>Applies a transfer that is linked to none. True when it had been answered before.</summary>
    private bool ApplySingle(Writers.Writer writer, in Transfer asked, (int From, int To) found, ref TransferAnswer answer, BookRows rows)
    {
        var free = asked.Writer == writer.Number ? writer.Check(asked, out answer) : Reason.WriterUnknown;
        if (free is not Reason.None)
        {
            // An id that was never free is not remembered: the id belongs to the transfer that took it.
            answer = free == Reason.AlreadyAnswered ? answer : new TransferAnswer(free, 0);
            return free == Reason.AlreadyAnswered;
        }

        if (IsPlain(asked))
        {
            answer = ApplyPlain(asked, found, rows);
            writer.Remember(asked.Sequence, asked.Fingerprint(), answer);
        }
        else
        {
            ApplyFresh(writer, new ReadOnlySpan<Transfer>(in asked), 0, 0, new Span<TransferAnswer>(ref answer), rows);
        }

        return false;
    }

    /// <summary>Applies transfers start…end, all or none. True when all had been answered before.</summary>
    private bool ApplyChain(
        Writers.Writer writer, ReadOnlySpan<Transfer> transfers, int start, int end, Span<TransferAnswer> answers, BookRows rows)
    {
        var failed = 0;
        var repeated = 0;
        for (var i = start; i <= end; i++)
        {
            ref readonly var asked = ref transfers[i];
            var free = asked.Writer == writer.Number ? writer.Check(asked, out answers[i]) : Reason.WriterUnknown;
            if (free == Reason.AlreadyAnswered)
            {
                repeated++;
            }
            else if (free != Reason.None)
            {
                failed++;
            }
        }

        if (repeated == end - start + 1)
        {
            return true;
        }

        var again = end > start ? FirstRepeat(transfers[start..(end + 1)]) : -1;
        if (failed > 0 || repeated > 0 || again >= 0)
        {
            // An id that was never free is not remembered: the id belongs to the transfer that took it.
            for (var i = start; i <= end; i++)
            {
                var free = transfers[i].Writer == writer.Number ? writer.Check(transfers[i], out _) : Reason.WriterUnknown;
                free = again == i - start && free == Reason.None ? Reason.IdReused : free;
                var fits = free is Reason.None or Reason.AlreadyAnswered;
                answers[i] = new TransferAnswer(!fits ? free : repeated > 0 ? Reason.IdReused : Reason.LinkedFailed, 0);
            }

            return false;
        }

        ApplyFresh(writer, transfers, start, end, answers, rows);
        return false;
    }

    /// <summary>The first place of a chain whose id stood before it in the chain, or -1. Ids nearly always rise, and then one look at each tells.</summary>
    private static int FirstRepeat(ReadOnlySpan<Transfer> chain)
    {
        var rising = 1;
        while (rising < chain.Length && chain[rising].Id > chain[rising - 1].Id)
        {
            rising++;
        }

        return rising >= chain.Length ? -1 : SearchRepeat(chain);
    }

    private static int SearchRepeat(ReadOnlySpan<Transfer> chain)
    {
        var seen = new HashSet<UInt128>();
        var i = 0;
        while (i < chain.Length && seen.Add(chain[i].Id))
        {
            i++;
        }

        return i < chain.Length ? i : -1;
    }

    private void ApplyFresh(
        Writers.Writer writer, ReadOnlySpan<Transfer> transfers, int start, int end, Span<TransferAnswer> answers, BookRows rows)
    {
        // The rows wait apart until the whole chain holds: a pool may have paid its member before a later transfer fails.
        var staged = _staging.Clear();
        var before = (Sequence, Own: _ownSequence[PoolWriter]);
        Begin();
        var failed = -1;
        for (var i = start; i <= end && failed < 0; i++)
        {
            var transfer = transfers[i];
            answers[i] = ApplyOne(ref transfer, staged);
            failed = answers[i].Applied ? -1 : i;
        }

        if (failed >= 0)
        {
            Rollback();
            Sequence = before.Sequence;
            _ownSequence[PoolWriter] = before.Own;
            FailOthers(answers, start, end, failed, Reason.LinkedFailed);
        }
        else
        {
            Commit();
            rows.Append(staged);
        }

        for (var i = start; i <= end; i++)
        {
            var asked = transfers[i];
            writer.Remember(asked.Sequence, asked.Fingerprint(), answers[i]);
            if (!answers[i].Applied)
            {
                rows.AddTransfer(asked with { Result = answers[i].Result });
            }
        }
    }

    private static void FailOthers(Span<TransferAnswer> answers, int start, int end, int failed, Reason reason)
    {
        for (var i = start; i <= end; i++)
        {
            if (i != failed)
            {
                answers[i] = new TransferAnswer(reason, 0);
            }
        }
    }
}
