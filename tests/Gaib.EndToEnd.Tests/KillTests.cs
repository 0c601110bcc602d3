using System.Globalization;

namespace Gaib.EndToEnd.Tests;

/// <summary>
/// kill -9. What was in the journal before is a byte-identical prefix of the final one, nothing that was done is executed again, and
/// the books end the same. The undisturbed run is measured by the same test under the same load, so that the kills fall into it.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int DemoSeed = 21;

    // Half of a chapter, because a process that has the machine to itself is faster than the one that was measured.
    private const double LatestPart = 0.5;

    private static readonly bool Nightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
    private static readonly int Kills = Nightly ? 24 : 6;

    /// <summary>Steps whose effect is there when the process dies, but not the note of it. At night it is every step.</summary>
    private static readonly string[] Unnoted =
        ["order", "round 2", "issue", "price", "trade", "close session", "host epochs", "settle", "root"];

    /// <summary>GAIB_KILL_SEED draws the same moments again.</summary>
    private static readonly int MomentSeed =
        int.TryParse(Environment.GetEnvironmentVariable("GAIB_KILL_SEED"), CultureInfo.InvariantCulture, out var given) ? given
        : Nightly ? Random.Shared.Next(1, 1_000_000) : 20_261_122;

    [Fact]
    public async Task Demo_KilledAtRandomTimes_EndsAsIfUndisturbed()
    {
        using var folder = new TemporaryFolder();
        var undisturbed = await Undisturbed.RunAsync(folder.Of("undisturbed"), DemoSeed);
        output.WriteLine($"undisturbed: {undisturbed.Duration.TotalSeconds:F1} s; moments drawn with GAIB_KILL_SEED={MomentSeed}");
        var random = new Random(MomentSeed);
        for (var (kills, demos) = (0, 0); kills < Kills; demos++)
        {
            // Some demos are killed more than once before they are left to end.
            var demo = new KilledDemo(folder.Of($"killed-{demos}"), undisturbed);
            for (var again = random.Next(1, 4); again > 0 && kills < Kills && !demo.Ended; again--)
            {
                var at = undisturbed.Duration * random.NextDouble();
                output.WriteLine($"kill {kills + 1} after {at.TotalMilliseconds:F0} ms: {await demo.KillAsync(at)}");

                // Whoever was faster than the measured run has not been killed.
                kills += demo.Ended ? 0 : 1;
            }

            await demo.ResumeAsync();
        }
    }

    [Fact]
    public async Task Demo_KilledInEveryChapter_EndsAsIfUndisturbed()
    {
        using var folder = new TemporaryFolder();
        var undisturbed = await Undisturbed.RunAsync(folder.Of("undisturbed"), DemoSeed);
        output.WriteLine($"undisturbed: {undisturbed.Duration.TotalSeconds:F1} s; moments drawn with GAIB_KILL_SEED={MomentSeed}");
        var random = new Random(MomentSeed);
        var missed = undisturbed.Chapters.ToHashSet();
        var all = missed.Count;

        // A chapter of a few milliseconds is missed now and then. What was missed is tried again on a new demo.
        for (var tries = 0; tries < (Nightly ? 20 : 2) && missed.Count > (Nightly ? 0 : all / 3); tries++)
        {
            var demo = new KilledDemo(folder.Of($"killed-{tries}"), undisturbed);
            foreach (var chapter in undisturbed.Chapters.Where(missed.Contains).ToArray())
            {
                if (!demo.IsPast(chapter))
                {
                    var struck = await demo.KillInAsync(chapter, random.NextDouble() * LatestPart);
                    missed.Remove(struck);
                    output.WriteLine($"aimed at {chapter} ({undisturbed.Span(chapter).Takes.TotalMilliseconds:F0} ms), struck {struck}");
                }
            }

            await demo.ResumeAsync();
        }

        output.WriteLine($"missed: {string.Join(", ", missed)}");
        Assert.InRange(missed.Count, 0, Nightly ? 0 : 2 * all / 3);
    }

    [Fact]
    public async Task Demo_KilledBeforeAStepIsNoted_DoesItAgainWithoutEffect()
    {
        using var folder = new TemporaryFolder();
        var undisturbed = await Undisturbed.RunAsync(folder.Of("undisturbed"), DemoSeed);
        var demo = new KilledDemo(folder.Of("killed"), undisturbed);
        foreach (var step in undisturbed.Steps.Where(step => Nightly || Unnoted.Contains(step)))
        {
            await demo.KillAfterAsync(step);
            demo.Forget(step);
        }

        await demo.ResumeAsync();
    }
}
