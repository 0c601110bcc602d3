namespace Gaib.Simulation.Tests;

/// <summary>Whole lives of the ledger under faults, each from a seed. To see one again: <c>GAIB_SEED=n</c>; some: <c>GAIB_SEEDS=from-to</c>.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void World_AnySeed_AnswersAndHoldsWhatTheAuditorSays()
    {
        var campaign = Campaign.Run(Campaign.Seeds());
        output.WriteLine(campaign.Summary);
        Assert.True(campaign.Faults.Count == 0, string.Join("\n", campaign.Faults));
    }
}
