using System.Globalization;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>Seeds of the campaigns: fixed in CI, another one every night, and printed, so that a failure can be made again.</summary>
internal static class Seed
{
    /// <summary>The seed of a test: GAIB_SEED where it is set, a new one each day for the large size, else the test's own.</summary>
    public static int Of(int own, bool isNightly, ITestOutputHelper output)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("GAIB_SEED"), CultureInfo.InvariantCulture, out var asked) ? asked
            : isNightly ? (DateOnly.FromDateTime(DateTime.UtcNow).DayNumber * 100) + own
            : own;
        output.WriteLine($"seed {seed} (GAIB_SEED={seed} makes it again)");
        return seed;
    }
}
