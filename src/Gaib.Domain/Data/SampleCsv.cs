using System.Collections.Immutable;
using System.Globalization;

namespace Gaib.Domain.Data;

/// <summary>Reads the text in which <c>samples/data</c> ships data: a header line, then a line a sample, its features and last its label.</summary>
public static class SampleCsv
{
    /// <summary>Parses the whole text.</summary>
    /// <param name="text">Decimal integers separated by commas; lines end with a line feed; the first line is the header.</param>
    /// <param name="shape">What every line must be; <see cref="Reason.SampleInvalid"/> names the first line (counted from 1) that is not.</param>
    public static Outcome<ImmutableArray<Sample>> Parse(string text, DataShape shape)
    {
        var samples = ImmutableArray.CreateBuilder<Sample>();
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (number == 1 || line.IsEmpty)
            {
                continue;
            }

            if (!TryRead(line, shape, out var sample) || shape.Check(sample) is not null)
            {
                return new Rejection(Reason.SampleInvalid, shape.Features + 1, line.Count(',') + 1, $"line {number}");
            }

            samples.Add(sample);
        }

        return samples.DrainToImmutable();
    }

    private static bool TryRead(ReadOnlySpan<char> line, DataShape shape, out Sample sample)
    {
        var values = new ushort[shape.Features + 1];
        var count = 0;
        foreach (var field in line.Split(','))
        {
            if (count == values.Length || !ushort.TryParse(line[field], NumberStyles.None, CultureInfo.InvariantCulture, out values[count]))
            {
                sample = default;
                return false;
            }

            count++;
        }

        var features = values[..^1];
        sample = new Sample([.. features.Select(value => (byte)Math.Min(value, byte.MaxValue))], values[^1]);
        return count == values.Length && features.All(value => value <= shape.FeatureMax);
    }
}
