using System.Collections.Concurrent;
using System.Globalization;

namespace Gaib.Simulation.Tests;

/// <summary>Many seeds, each in a thread of its own.</summary>
internal sealed class Campaign
{
    private const int FaultsShown = 5;

    /// <summary>How often each named thing was seen in all worlds together.</summary>
    public SortedDictionary<string, long> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>The seeds that went wrong, the lowest first.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>The seeds' own hashes of all that happened.</summary>
    public SortedDictionary<int, UInt128> Hashes { get; } = [];

    /// <summary>What was seen, in one line.</summary>
    public string Summary => $"{Hashes.Count} seeds: " + string.Join(", ", Seen.Select(row => $"{row.Key} {row.Value}"));

    /// <summary>The seeds that the environment asks for; else those of every test, or of a nightly one.</summary>
    public static IEnumerable<int> Seeds() =>
        Environment.GetEnvironmentVariable("GAIB_SEED") is { Length: > 0 } one ? [Number(one)]
        : Environment.GetEnvironmentVariable("GAIB_SEEDS")?.Split('-') is [var from, var to] ? Enumerable.Range(Number(from), Number(to) - Number(from) + 1)
        : Enumerable.Range(0, Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 10_000 : 500);

    /// <summary>Runs the worlds of seeds.</summary>
    public static Campaign Run(IEnumerable<int> seeds, Func<int, WorldPlan>? plan = null)
    {
        var worlds = new ConcurrentDictionary<int, (World World, Exception? Fault)>();
        var campaign = new Campaign();
        var next = new ConcurrentQueue<int>(seeds);
        var threads = Enumerable.Range(0, int.Min(Environment.ProcessorCount, 8)).Select(_ => new Thread(() =>
        {
            while (next.TryDequeue(out var seed))
            {
                campaign.RunOne(seed, (plan ?? WorldPlan.Of)(seed));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        campaign.Faults.Sort((left, right) => string.CompareOrdinal(left, right));
        return campaign;
    }

    private void RunOne(int seed, WorldPlan plan)
    {
        var world = new World(seed, plan);
        var fault = Record.Exception(world.Run);
        lock (Seen)
        {
            Hashes[seed] = world.Log.Hash;
            foreach (var (what, count) in world.Log.Seen)
            {
                Seen[what] = Seen.GetValueOrDefault(what) + count;
            }

            if (fault is not null && Faults.Count < FaultsShown)
            {
                Faults.Add($"Seed {seed} (GAIB_SEED={seed} runs it again): {fault}");
            }
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
