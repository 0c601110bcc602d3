namespace Gaib.Domain.Tests.Compute;

/// <summary>How long a property is tried: a few seconds in CI, longer at night.</summary>
internal static class Campaign
{
    /// <summary>The number of trials; GAIB_NIGHTLY=1 takes the large one. Mutation testing, which runs a test a thousand times, takes a twenty-fifth.</summary>
#if GAIB_MUTATION
    public static int Size(int ci, int nightly) => int.Min(ci, nightly) / 25;
#else
    public static int Size(int ci, int nightly) => Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? nightly : ci;
#endif
}
