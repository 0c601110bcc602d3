using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>What a book says to other books and hears from them.</summary>
internal sealed partial class AuditedBook
{
    public async Task<ImmutableArray<EdgeAnswer>> Arrive(uint from, ImmutableArray<EdgeTotal> totals)
    {
        var running = calls.Arrive(from, totals);
        var expected = Auditor.Arrive(from, totals, _clock.Now);
        edges.OnHeard(from, machine.Site.Number, totals, expected);
        var answers = await AnswerOf(running, nameof(Arrive));
        if (!expected.SequenceEqual(answers))
        {
            log.Blame($"Arrive answered [{string.Join(", ", answers)}], not [{string.Join(", ", expected)}]");
        }

        return answers;
    }

    public Task<UInt128> GetArrivedFrom(uint from)
    {
        log.See("asked what arrived");
        return Check(calls.GetArrivedFrom(from), (UInt128)Auditor.Now.Held.GetValueOrDefault((AccountId.DueFrom(from), AssetId.Gaib)).Out, "GetArrivedFrom");
    }

    public async Task Deliver()
    {
        var before = Auditor.Now;
        try
        {
            await AnswerOf(WithAnswerAsync(calls.Deliver()), nameof(Deliver));
        }
        catch
        {
            log.See("not delivered");
            throw;
        }

        edges.OnDelivered(machine.Site.Number, before);
    }

    /// <summary>
    /// Lookups read files on a thread of their own and have tests of their own. What a session looks up, the line by which its cap came, is
    /// answered by the auditor once all before it is durable.
    /// </summary>
    public async Task<ImmutableArray<LedgerEntry>> GetStatement(StatementRange range)
    {
        log.See("cap looked up");
        var isThere = Auditor.Now.Opened.TryGetValue(range.Account, out var sequence);
        await AnswerOf(calls.GetSequence(), nameof(GetStatement));
        return isThere ? [new LedgerEntry(sequence, 0, default)] : [];
    }

    /// <summary>Exchanges what the grain tells other books with.</summary>
    public void Plant(BookEdges mistaken) => EdgesOf(grain) = mistaken;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_edges")]
    private static extern ref BookEdges EdgesOf(BookGrain grain);

    private static async Task<bool> WithAnswerAsync(Task done)
    {
        await done;
        return true;
    }
}
