using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;
using Gaib.Verify.Governance;
using Gaib.Verify.Money;

namespace Gaib.Verify.Compute;

/// <summary>
/// The market of one class from its opening on, made again by its rule from what people signed and from when leases ended. That they
/// ended then is for the check of the runs to show.
/// </summary>
internal sealed class MarketReplay
{
    /// <summary>Most GPUs of one order, as the runtime's markets are opened.</summary>
    private const ulong CountMax = 64;

    private readonly List<(long At, Market Market)> _states = [];
    private readonly Dictionary<Hash32, LeaseTerms> _opened = [];
    private readonly Findings _findings;

    private MarketReplay(Market start, Findings findings)
    {
        _states.Add((start.OpenedAt, start));
        _findings = findings;
    }

    /// <summary>The market after the last event.</summary>
    public Market Last => _states[^1].Market;

    /// <summary>The terms of every lease that the rule opened.</summary>
    public IReadOnlyDictionary<Hash32, LeaseTerms> Opened => _opened;

    /// <summary>Replays the market of a class; what the rule refuses is found.</summary>
    public static MarketReplay Of(ExportData data, string gpuClass, Findings findings)
    {
        var one = data.Network.Classes.First(genesis => genesis.Name == gpuClass);
        var parameters = NetworkCheck.ParametersOf(data.Network);
        var start = Market.Open(
            new GpuClass(one.Name, (ulong)one.MacsPerMs, one.RateAtTarget, one.RateMin, one.RateMax),
            new MarketParameters(parameters.LeaseFeePpm, (int)parameters.ReleaseWindowRounds, CountMax),
            data.Network.StartsAt);
        var replay = new MarketReplay(start, findings);
        foreach (var step in Steps(data, gpuClass).OrderBy(step => step.Time).ThenBy(step => step.Sequence).ThenBy(step => step.Command is EndLease))
        {
            replay.Apply(step);
        }

        return replay;
    }

    /// <summary>The rate state at a time.</summary>
    public RateState RateAt(long time)
    {
        var state = _states.FindLast(state => state.At <= time).Market ?? _states[0].Market;
        return MarketRule.Advance(state, time).Rate;
    }

    private void Apply(MarketStep step)
    {
        var decided = MarketRule.Decide(Last, step.Command, step.Time);
        if (!decided.Accepted)
        {
            _findings.Add(step.Source, "", "what the market's rule accepts", decided.Rejection.ToString());
            return;
        }

        var next = decided.Value.Aggregate(Last, MarketFold.Evolve);
        foreach (var terms in decided.Value.OfType<LeasesOpened>().SelectMany(opened => opened.Leases))
        {
            _opened[terms.Lease] = terms;
        }

        _states.Add((step.Time, next));
    }

    private static IEnumerable<MarketStep> Steps(ExportData data, string gpuClass)
    {
        var gpus = data.Gpus.ToDictionary(gpu => gpu.Gpu, StateOf);
        foreach (var (line, ask) in data.CommandsOf<Ask>().Where(ask => ask.Message.Class == gpuClass))
        {
            yield return new MarketStep(line.At, line.Time, line.Seq, new PlaceAsk(ask, gpus[ask.Gpu]));
        }

        foreach (var (line, message) in data.CommandsOf<WithdrawAsk>().Where(back => gpus.TryGetValue(back.Message.Gpu, out var gpu) && gpu.Class == gpuClass))
        {
            yield return new MarketStep(line.At, line.Time, line.Seq, new TakeBackAsk(message));
        }

        foreach (var order in data.CommandsOf<Order>().Where(order => order.Message.Class == gpuClass))
        {
            foreach (var step in StepsOf(data, order.Line, order.Message))
            {
                yield return step;
            }
        }
    }

    /// <summary>The order, a refill for every later moment at which it got leases, and the ends of its leases.</summary>
    private static IEnumerable<MarketStep> StepsOf(ExportData data, CommandLine line, Order order)
    {
        var id = Ids.Derive(data.Genesis, "order", order.Renter, order.Nonce);
        var leases = data.Leases.Where(lease => lease.Terms.Order == id).ToArray();
        yield return new MarketStep(line.At, leases.Length == 0 ? line.Time : leases[0].Terms.OpenedAt, line.Seq, new PlaceOrder(id, order));
        foreach (var refill in leases.DistinctBy(lease => lease.Terms.OpenedAt).Skip(1))
        {
            var moved = data.Transfers.FirstOrDefault(transfer => transfer.Credit == AccountId.Of(AccountKind.Lease, refill.Terms.Lease));
            yield return new MarketStep(refill.At, refill.Terms.OpenedAt, moved?.Seq ?? line.Seq, new RefillOrder(id));
        }

        foreach (var lease in leases.Where(lease => lease.ClosedAt is not null))
        {
            var last = data.Transfers.LastOrDefault(transfer => transfer.Debit == AccountId.Of(AccountKind.Lease, lease.Terms.Lease));
            var spent = UInt128.Min(lease.Terms.Cap, lease.Paid + lease.Fee);
            yield return new MarketStep(
                lease.At, lease.ClosedAt!.Value, last?.Seq ?? ulong.MaxValue, new EndLease(lease.Terms.Lease, lease.EndReason, spent));
        }
    }

    /// <summary>A GPU as its host offered it.</summary>
    private static Gpu StateOf(GpuLine gpu)
    {
        var evidence = gpu.Evidence.LastOrDefault();
        return new Gpu(
            gpu.Gpu, gpu.Host, gpu.Class, GpuStatus.Attached, evidence, [], evidence is { Passed: true }, null, gpu.From, null);
    }

    private sealed record MarketStep(LineAt Source, long Time, ulong Sequence, MarketCommand Command);
}
