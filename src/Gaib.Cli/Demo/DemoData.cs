using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Cli.Demo;

/// <summary>The real digits, split by the seed: three held-back parts, and a share for each contributor by its role.</summary>
internal sealed class DemoData
{
    private readonly Dictionary<string, ImmutableArray<Sample>> _shares = [];

    public DemoData(DemoScenario scenario)
    {
        var digits = Load();
        var sizes = scenario.HeldBack;
        Split = HeldBackSplit.Split(digits, sizes, scenario.People.Draw("heldback")).Value;
        var people = scenario.People.Contributors;
        var owners = people.Where(person => person.Role is DemoRole.Honest or DemoRole.Mislabeller).ToArray();

        // Dealt out class by class, so that everybody brings some of each digit.
        var rest = Split.Rest.Take(scenario.SamplesPerContributor * owners.Length).Select(i => digits[i]).OrderBy(sample => sample.Label).ToArray();
        for (var i = 0; i < owners.Length; i++)
        {
            var mine = rest.Where((_, at) => at % owners.Length == i).ToArray();
            _shares[owners[i].Name] = owners[i].Role == DemoRole.Mislabeller ? Mislabel(mine, scenario) : [.. mine];
        }

        var honest = owners.Where(person => person.Role == DemoRole.Honest).Select(person => _shares[person.Name]).ToArray();
        foreach (var person in people.Except(owners))
        {
            _shares[person.Name] = person.Role switch
            {
                DemoRole.Copier => honest[0],
                DemoRole.NearCopier => Blur(honest[1], scenario),
                _ => Noise(honest[0].Length, scenario),
            };
        }
    }

    public HeldBackSplit Split { get; }

    public ImmutableArray<Sample> Of(DemoPerson contributor) => _shares[contributor.Name];

    /// <summary>A contributor's chunks: one sample each, salted so that a leaf gives nothing away.</summary>
    public ImmutableArray<Chunk> ChunksOf(DemoPerson contributor, DemoScenario scenario)
    {
        var secret = scenario.People.Draw("salt:" + contributor.Name);
        return
        [
            .. Of(contributor).Select((sample, i) => new Chunk(
                (ulong)i, new AbiWriter(2).Hash(secret).UInt((uint)i).Hash(), SampleCodec.Encode(sample))),
        ];
    }

    private static ImmutableArray<Sample> Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "data", "digits.csv");
        return SampleCsv.Parse(File.ReadAllText(path), DataShape.Digits).Value;
    }

    private static ImmutableArray<Sample> Mislabel(Sample[] samples, DemoScenario scenario)
    {
        var draws = KeccakStream.For(scenario.People.Draw("mislabel"), "labels");
        var wrong = Enumerable.Range(0, samples.Length).ToArray();
        draws.Shuffle<int>(wrong);
        foreach (var i in wrong.Take(samples.Length * 3 / 10))
        {
            var label = (samples[i].Label + 1 + draws.Next(DataShape.Digits.Classes - 1)) % DataShape.Digits.Classes;
            samples[i] = new Sample(samples[i].Features, (ushort)label);
        }

        return [.. samples];
    }

    private static ImmutableArray<Sample> Blur(ImmutableArray<Sample> samples, DemoScenario scenario)
    {
        var draws = KeccakStream.For(scenario.People.Draw("blur"), "noise");
        return
        [
            .. samples.Select(sample => new Sample(
                [.. sample.Features.Select(f => (byte)int.Clamp(f + draws.Next(3) - 1, 0, DataShape.Digits.FeatureMax))], sample.Label)),
        ];
    }

    private static ImmutableArray<Sample> Noise(int count, DemoScenario scenario)
    {
        var draws = KeccakStream.For(scenario.People.Draw("noise"), "images");
        return
        [
            .. Enumerable.Range(0, count).Select(_ => new Sample(
                [.. Enumerable.Range(0, DataShape.Digits.Features).Select(_ => (byte)draws.Next(DataShape.Digits.FeatureMax + 1))],
                (ushort)draws.Next(DataShape.Digits.Classes))),
        ];
    }
}
