using System.Collections.Immutable;
using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Cluster;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>
/// What must hold between books, from their auditors alone: nothing is told before it is durable, nothing arrives that did not leave, and
/// in the end all that left is there.
/// </summary>
internal sealed class EdgeAuditor(IReadOnlyList<Machine> machines, EventLog log)
{
    /// <summary>
    /// A book is about to tell another one totals: each must be one that was reached and is durable, with what caused it, and the payee's book
    /// is the one to hear of it.
    /// </summary>
    public void OnTold(uint from, uint to, ImmutableArray<EdgeTotal> totals)
    {
        log.See("total told");
        foreach (var told in totals)
        {
            var (durable, payee) = (machines[(int)from].History.Durable, new EdgePayee(to, told.Payee));
            if (!durable.Totals.TryGetValue((payee, told.Total), out var cause) || cause != told.Cause)
            {
                log.Blame($"book {from} told book {to} of {told.Total} for {told.Payee}, of which {durable.Left.GetValueOrDefault(payee)} are durable");
            }
        }
    }

    /// <summary>A book hears totals.</summary>
    public void OnHeard(uint from, uint to, ImmutableArray<EdgeTotal> totals, ImmutableArray<EdgeAnswer> expected)
    {
        foreach (var (told, answer) in totals.Zip(expected))
        {
            log.See(answer.Result != Reason.None ? $"total refused: {answer.Result}" : answer.Seen > told.Total ? "total of before" : "total heard");
            log.Write($"{from} to {to}: {told.Payee} {told.Total}, {answer}");
        }
    }

    /// <summary>A book says that all that had left it is there: whatever was in a state of its auditor.</summary>
    public void OnDelivered(uint from, LedgerAuditor.State before)
    {
        log.See("delivered");
        foreach (var ((to, payee), left) in before.Left)
        {
            var came = machines[(int)to].History.Durable.Came.GetValueOrDefault(new EdgePayee(from, payee));
            if (came < left)
            {
                log.Blame($"{payee} was said to have the {left} that had left for it, and book {to} has credited {came}");
            }
        }
    }

    /// <summary>No book has more from another one than is durable there.</summary>
    public void CheckAll()
    {
        foreach (var (from, to) in Pairs)
        {
            var (left, came) = Due(from, to);
            if (came > left)
            {
                log.Blame($"book {to} has {came} from book {from}, of which {left} left there");
            }
        }
    }

    /// <summary>Whether all that left a book is where it should be, but for payees that can't be credited.</summary>
    public bool IsSettled(Machine from) => Open(from).All(row => row.WhyNot != Reason.None);

    /// <summary>Whether something left a book for a payee that can't be credited.</summary>
    public bool IsStuck(Machine from) => Open(from).Any(row => row.WhyNot != Reason.None);

    /// <summary>All books together have what was ever issued, and each edge is even but for what can't be credited.</summary>
    public void CheckEnd()
    {
        CheckAll();
        var (held, issued, between) = (BigInteger.Zero, BigInteger.Zero, BigInteger.Zero);
        foreach (var ((account, _), holding) in machines.SelectMany(machine => machine.History.Durable.Held).Where(row => row.Key.Asset == AssetId.Gaib))
        {
            var has = holding.In - holding.Out;
            held += account.Kind is AccountKind.Issuance or AccountKind.DueTo or AccountKind.DueFrom ? 0 : has;
            issued -= account.Kind == AccountKind.Issuance ? has : 0;
            between += account.Kind is AccountKind.DueTo or AccountKind.DueFrom ? has : 0;
        }

        log.Expect(issued, held + between, "all that was issued is somewhere");
        foreach (var (from, to) in Pairs)
        {
            var open = Open(machines[(int)from]).Where(row => row.To == to).ToList();
            var (left, came) = Due(from, to);
            log.Expect(left, came + open.Aggregate(BigInteger.Zero, (sum, row) => sum + row.Missing), $"what left book {from} for book {to}");
            log.Write($"edge {from} {to}: {left} {came}");
            open.Select(row => $"stays due: {row.WhyNot}").Order(StringComparer.Ordinal).ToList().ForEach(log.See);
        }

        log.See(between.IsZero ? "every edge is even" : "something stays due");
    }

    private IEnumerable<(uint From, uint To)> Pairs =>
        from one in machines
        from other in machines
        where one != other
        select (one.Site.Number, other.Site.Number);

    private (BigInteger Left, BigInteger Came) Due(uint from, uint to) =>
        (machines[(int)from].History.Durable.Held.GetValueOrDefault((AccountId.DueTo(to), AssetId.Gaib)).In,
            machines[(int)to].History.Durable.Held.GetValueOrDefault((AccountId.DueFrom(from), AssetId.Gaib)).Out);

    /// <summary>What left a book and is not there, and why it can't be there; None where it can.</summary>
    private IEnumerable<(uint To, BigInteger Missing, Reason WhyNot)> Open(Machine from)
    {
        var number = from.Site.Number;
        foreach (var ((to, payee), left) in from.History.Durable.Left)
        {
            var peer = machines[(int)to];
            var missing = left - peer.History.Durable.Came.GetValueOrDefault(new EdgePayee(number, payee));
            if (missing > 0)
            {
                var auditor = new LedgerAuditor(peer.Site) { Now = peer.History.Durable };
                yield return (to, missing, auditor.WhyNotArrive(number, new EdgeTotal(payee, (UInt128)left, default)));
            }
        }
    }
}
