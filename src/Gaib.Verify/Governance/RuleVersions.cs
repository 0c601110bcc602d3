using System.Collections.Immutable;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Models;
using Gaib.Domain.Settlement;
using Gaib.Domain.Training;

namespace Gaib.Verify.Governance;

/// <summary>The version of every rule that this verifier recomputes by. An export of another version needs another verifier.</summary>
internal static class RuleVersions
{
    public static ImmutableArray<KeyValuePair<string, uint>> All { get; } =
    [
        new("valuationRule", KnnShapley.RuleVersion),
        new("heldBackRule", HeldBackSplit.RuleVersion),
        new("embedder", Projector.RuleVersion),
        new("beaconRule", Beacon.RuleVersion),
        new("rateRule", RateRule.RuleVersion),
        new("billingRule", LeaseBilling.RuleVersion),
        new("marketRule", MarketRule.RuleVersion),
        new("gemmRule", GemmChallenge.RuleVersion),
        new("runRule", RunRule.RuleVersion),
        new("trainingRule", TrainingSettings.RuleVersion),
        new("attributionRule", Domain.Training.Attribution.RuleVersion),
        new("shareIssueRule", ShareIssueRule.RuleVersion),
        new("feeRule", FeeRule.RuleVersion),
        new("sessionRule", SessionRule.RuleVersion),
        new("hostChoiceRule", HostChoice.RuleVersion),
        new("hostEpochRule", HostEpochRule.RuleVersion),
        new("settlementRule", SettlementRules.RuleVersion),
    ];
}
