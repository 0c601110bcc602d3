using System.Globalization;
using Gaib.Kills.Tests.Node;
using Gaib.Storage.Journal;

namespace Gaib.Kills.Tests;

/// <summary>
/// kill -9 of a real process on a real disk, under load through a real gateway. Each life begins on the folder of the one before: what was not
/// answered is asked again, what was answered is asked again too, and every balance, reservation, pool and note is compared with what the
/// callers know themselves.
/// </summary>
public sealed class RealKillTests(ITestOutputHelper output)
{
    private const int LivesOfAFolder = 100;

    private static readonly bool Nightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
    private static readonly int RandomKills = Nightly ? 1_000 : 50;

    /// <summary>Points on the way of a torn tail: the life before must end in the middle of a frame.</summary>
    private static readonly string[] OfATornTail =
        [nameof(JournalStep.BeforeMending), nameof(JournalStep.AfterMendingNote), HalfWrites.Tail, nameof(JournalStep.AfterMending)];

    /// <summary>Points that are reached once, before anybody is answered.</summary>
    private static readonly string[] OfAStart =
        [nameof(JournalStep.BeforeEpoch), nameof(JournalStep.AfterEpoch), nameof(JournalStep.AfterLastAgain), HalfWrites.LastFrame, .. OfATornTail];

    /// <summary>GAIB_KILL_SEED draws the same load and the same moments again.</summary>
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("GAIB_KILL_SEED"), CultureInfo.InvariantCulture, out var given) ? given
        : Nightly ? Random.Shared.Next(1, 1_000_000) : 20_261_128;

    public static IReadOnlyList<string> Points { get; } = [.. Enum.GetNames<JournalStep>(), .. HalfWrites.Points];

    [Fact]
    public async Task Node_KilledAtEveryNamedPoint_LosesNothingAndDoublesNothing()
    {
        var random = new Random(Seed);
        var deaths = new List<Death>();
        foreach (var point in Points.OrderBy(_ => random.Next()))
        {
            if (OfATornTail.Contains(point))
            {
                deaths.Add(new Death(HalfWrites.Frame, random.Next(1, 30)));
            }

            deaths.Add(new Death(point, OfAStart.Contains(point) ? 1 : random.Next(1, 4)));
        }

        await RunAsync(deaths);

        // That each was struck is asserted life by life, those of a torn tail too, which are reached only where there is one. Here that none
        // was left out.
        Assert.Equal(Points.Order(StringComparer.Ordinal), deaths.Select(death => death.Point).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Node_KilledAtRandomMoments_LosesNothingAndDoublesNothing()
    {
        var random = new Random(Seed + 1);
        for (var left = RandomKills; left > 0; left -= LivesOfAFolder)
        {
            var deaths = Enumerable.Range(0, int.Min(left, LivesOfAFolder))
                .Select(_ => random.Next(4) == 0
                    ? new Death("", 0, WhileStarting: true, TimeSpan.FromMilliseconds(random.Next(0, 300)))
                    : new Death("", 0, WhileStarting: false, TimeSpan.FromMilliseconds(random.Next(0, 400))))
                .ToList();
            var world = await RunAsync(deaths);

            // Of what was under way some must have been kept and some lost, or the kills never struck between writing and answering.
            Assert.True(world.Commands.Kept > 0 && world.Commands.Lost > 0, $"kept {world.Commands.Kept}, lost {world.Commands.Lost}");
        }
    }

    private async Task<World> RunAsync(List<Death> deaths)
    {
        var folder = Directory.CreateTempSubdirectory("gaib-kills-").FullName;
        var quiet = new Death("", 0);
        var world = new World(folder, Seed);
        NodeProcess? next = null;
        try
        {
            using (var first = world.Start(quiet))
            {
                await world.LiveAsync(first);
            }

            next = world.Start(deaths[0]);
            for (var i = 0; i < deaths.Count; i++)
            {
                // The next one starts while this one lives; it takes the folder only when it is asked.
                using var node = next;
                next = world.Start(i + 1 < deaths.Count ? deaths[i + 1] : quiet);
                await world.LiveAsync(node, deaths[i]);
            }

            await world.LiveAsync(next);
            world.CheckJournal();
        }
        finally
        {
            next?.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        output.WriteLine(
            $"GAIB_KILL_SEED={Seed}: {deaths.Count} kills, {world.Checked} lives checked whole, {world.Applied} transfers; "
            + $"commands under way when killed: {world.Commands.Kept} kept, {world.Commands.Lost} lost");
        return world;
    }
}
