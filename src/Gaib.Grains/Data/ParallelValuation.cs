using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Grains.Data;

/// <summary>Values door samples on all cores. The totals are integer sums, so the number of threads changes no bit.</summary>
internal static class ParallelValuation
{
    public static Outcome<ValuationResult> Run(ValuationInput input)
    {
        var prepared = ValuationPlan.Prepare(input);
        if (!prepared.Accepted)
        {
            return prepared.Rejection;
        }

        var plan = prepared.Value;
        var parts = int.Min(Environment.ProcessorCount, plan.DoorSamples);
        var totals = new KnnTotals[parts];
        Parallel.For(0, parts, i => totals[i] = plan.Score((i * plan.DoorSamples / parts)..((i + 1) * plan.DoorSamples / parts)));
        foreach (var part in totals.AsSpan(1))
        {
            totals[0].Add(part);
        }

        return plan.Conclude(totals[0]);
    }
}
