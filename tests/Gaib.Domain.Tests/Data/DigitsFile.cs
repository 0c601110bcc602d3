using System.Collections.Immutable;
using System.Security.Cryptography;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>The digits as samples/data ships them, and the switch between CI and nightly sizes.</summary>
internal static class DigitsFile
{
    public const string Sha256 = "067c897c3866e1f112d70ccf18ba908a8bc1fbb9ec051530b8ad86070265d299";

    private static readonly Lazy<ImmutableArray<Sample>> Loaded = new(() =>
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gaib.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        var bytes = File.ReadAllBytes(Path.Combine(folder.FullName, "samples", "data", "digits.csv"));
        Assert.Equal(Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return SampleCsv.Parse(System.Text.Encoding.ASCII.GetString(bytes), DataShape.Digits).Value;
    });

    public static ImmutableArray<Sample> Samples => Loaded.Value;

    public static bool Nightly => Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";

    /// <summary>The first seeds of a campaign: a few in CI, all of them nightly.</summary>
    public static IEnumerable<Hash32> Seeds(int small, int large) =>
        Enumerable.Range(0, Nightly ? large : small).Select(i => Keccak.HashUtf8($"seed {i}"));
}
