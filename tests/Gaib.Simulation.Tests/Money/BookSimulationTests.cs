namespace Gaib.Simulation.Tests.Money;

/// <summary>
/// Whole lives of a book under faults, each from a seed. To see one again: <c>GAIB_SEED=n</c>.
/// </summary>
public sealed class BookSimulationTests(ITestOutputHelper output)
{
    private static readonly string[] MustBeSeen =
    [
        "None", "InsufficientFunds", "LinkedFailed", "AmountZero", "SameAccount", "Overflow", "ExpiryInvalid", "ReservationNotFound", "ReservationResolved",
        "ReservationExceeded", "TooOld", "power cut", "torn tail", "host lost", "second owner", "late writer", "snapshot", "retry", "old message",
        "message lost", "reply lost", "refused to open", "disk full", "flush error", "write error", "fenced", "rot",
        "cut BeforeWrite", "cut AfterWrite", "cut AfterFlush", "cut BeforeSegment", "cut BeforeSnapshotRename", "cut BeforeArchive",
    ];

    [Fact]
    public void Book_AnySeed_AnswersAndHoldsWhatTheAuditorSays()
    {
        var nightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
        var one = Environment.GetEnvironmentVariable("GAIB_SEED");
        var seeds = one is not null ? [int.Parse(one, System.Globalization.CultureInfo.InvariantCulture)] : Enumerable.Range(0, nightly ? 10_000 : 600);
        var seen = new Dictionary<string, int>();
        foreach (var seed in seeds)
        {
            var world = new BookSimulation(seed);
            try
            {
                world.Run();
            }
            catch (Exception fault)
            {
                throw new Xunit.Sdk.XunitException($"Seed {seed} (GAIB_SEED={seed} runs it again): {fault}");
            }

            foreach (var (what, count) in world.Counts)
            {
                seen[what] = seen.GetValueOrDefault(what) + count;
            }
        }

        output.WriteLine(string.Join(", ", seen.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => $"{row.Key} {row.Value}")));
        Assert.True(one is not null || MustBeSeen.All(seen.ContainsKey), "never seen: " + string.Join(", ", MustBeSeen.Except(seen.Keys)));
    }
}
