namespace Gaib.Simulation.Tests.Planted;

/// <summary>The auditor is no ornament: what is planted between a book and its journal, or before its callers, is found.</summary>
public sealed class MistakesTests(ITestOutputHelper output)
{
    private const int SeedsMax = 150;

    public static TheoryData<string> Names => [.. Mistakes.All.Keys];

    public static TheoryData<string> EdgeNames => [.. EdgeMistakes.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mistake_Planted_IsFoundWithinSomeSeeds(string name) => Find(name, seed => Mistakes.All[name](WorldPlan.Of(seed)));

    [Theory]
    [MemberData(nameof(EdgeNames))]
    public void EdgeMistake_Planted_IsFoundWithinSomeSeeds(string name) =>
        Find(name, seed => EdgeMistakes.All[name](WorldPlan.Of(seed) with { Books = 2 + ((uint)seed % 2) }));

    private void Find(string name, Func<int, WorldPlan> plan)
    {
        // Worlds whose disk lies may end early by themselves.
        foreach (var seed in Enumerable.Range(3, SeedsMax).Where(seed => seed % 10 > 2))
        {
            var world = new World(seed, plan(seed));
            var fault = Record.Exception(world.Run);
            if (fault is not null)
            {
                output.WriteLine($"{name}: seed {seed}: {fault.Message.Split('\n')[0]}");
                return;
            }
        }

        Assert.Fail($"{name}: not found in {SeedsMax} seeds");
    }
}
