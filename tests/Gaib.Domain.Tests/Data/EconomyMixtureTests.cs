using System.Collections.Immutable;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>
/// The demo's mixture at the door: honest contributors, one with 30 % wrong labels, one that copies exactly, one that copies with ±1
/// grey-level noise, one that brings uniform noise. Prints what every role earns beside the honest median.
/// </summary>
public sealed class EconomyMixtureTests(ITestOutputHelper output)
{
    private const ulong Budget = 1_000_000_000_000;

    private static readonly HeldBackSizes Sizes = new(400, 200, 200);

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public void Bounties_OfEveryRole_KeepTheirDistanceFromTheHonestMedian(int contributors)
    {
        var seeds = DigitsFile.Seeds(small: 3, large: 100).ToArray();
        var runs = seeds.Select(seed => Run(seed, contributors)).ToArray();
        var roles = runs[0].Keys.ToArray();
        foreach (var role in roles)
        {
            var earned = runs.Select(run => run[role]).Order().ToArray();
            output.WriteLine(
                $"{contributors} contributors, {earned.Length} seeds, {role,-11}: least {earned[0],7:P1} median {earned[earned.Length / 2],7:P1} most {earned[^1],7:P1}");
        }

        Assert.All(runs, run =>
        {
            Assert.InRange(run["copier"], 0, .01);
            Assert.InRange(run["noise"], 0, .01);
            Assert.InRange(run["nearCopier"], 0, .05);
            Assert.InRange(run["mislabeller"], .3, .85);
            Assert.InRange(run["admitted"], .88, 1);
        });
    }

    /// <summary>What each role earns as a part of the honest median, and the part of honest samples that was admitted.</summary>
    private static Dictionary<string, double> Run(Hash32 seed, int contributors)
    {
        var split = HeldBackSplit.Split(DigitsFile.Samples, Sizes, seed).Value;
        var stream = KeccakStream.For(seed, "mixture");
        var owners = contributors - 3;
        var own = Enumerable.Range(0, owners).Select(owner => Own(split, owner, owners)).ToArray();
        var brought = ImmutableArray.CreateBuilder<Scenario.Brought>();
        brought.Add(new("mislabeller", [.. own[0].Select((s, i) => i % 10 < 3 ? Noise.Mislabel(s, stream) : s)]));
        brought.AddRange(own.Skip(1).Select((samples, i) => new Scenario.Brought($"honest {i}", samples)));
        brought.Add(new("noise", [.. own[0].Select(_ => Noise.Uniform(stream))]));
        brought.Add(new("copier", own[1]));
        brought.Add(new("nearCopier", [.. own[2].Select(s => Noise.Grey(s, 1, stream))]));

        var result = Valuation.Run(Scenario.Input(brought.ToImmutable(), split.Door, Budget, Budget)).Value;
        var earned = brought.ToDictionary(b => b.Name, b => (double)result.Of(Scenario.AccountOf(b.Name)).Bounty);
        var honest = earned.Where(e => e.Key.StartsWith("honest", StringComparison.Ordinal)).Select(e => e.Value).Order().ToArray();
        var median = (honest[(honest.Length - 1) / 2] + honest[honest.Length / 2]) / 2;
        var accounts = brought.Where(b => b.Name.StartsWith("honest", StringComparison.Ordinal)).Select(b => Scenario.AccountOf(b.Name)).ToHashSet();
        return new Dictionary<string, double>
        {
            ["honest low"] = honest[0] / median,
            ["honest high"] = honest[^1] / median,
            ["mislabeller"] = earned["mislabeller"] / median,
            ["copier"] = earned["copier"] / median,
            ["nearCopier"] = earned["nearCopier"] / median,
            ["noise"] = earned["noise"] / median,
            ["admitted"] = result.Chunks.Where(c => accounts.Contains(c.Contributor)).Average(c => c.Admitted ? 1.0 : 0),
        };
    }

    private static ImmutableArray<Sample> Own(HeldBackSplit split, int owner, int owners)
    {
        var (from, to) = (owner * split.Rest.Length / owners, (owner + 1) * split.Rest.Length / owners);
        return [.. split.Rest[from..to].Select(source => DigitsFile.Samples[source])];
    }
}
