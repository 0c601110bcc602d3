namespace Gaib.Domain.Data;

/// <summary>
/// The valuation at the door, as one pure function: clusters of copies count once, canonical samples get their exact KNN-Shapley value and
/// door value, those with a positive door value are admitted and earn their bounty.
/// </summary>
public static class Valuation
{
    /// <summary>Runs on one thread. <see cref="ValuationPlan"/> is the same in steps, for callers that share door samples among threads.</summary>
    public static Outcome<ValuationResult> Run(ValuationInput input)
    {
        var plan = ValuationPlan.Prepare(input);
        return plan.Accepted ? plan.Value.Conclude(plan.Value.Score(..)) : plan.Rejection;
    }
}
