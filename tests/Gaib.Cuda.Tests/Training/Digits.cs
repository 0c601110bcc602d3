using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>The 8×8 handwritten digits of the repository's samples: 64 grey levels 0 … 16 and a label a line, below a header.</summary>
internal static class Digits
{
    public const int Features = 64;

    /// <summary>Null where the checkout has no samples.</summary>
    public static string? File { get; } = Find(AppContext.BaseDirectory);

    public static SampleSet Load()
    {
        var lines = System.IO.File.ReadAllLines(File!)
            .Where(line => line.Length > 0 && char.IsAsciiDigit(line[0])).ToArray();
        var features = new byte[lines.Length * Features];
        var labels = new byte[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            var values = Array.ConvertAll(lines[i].Split(','), byte.Parse);
            Assert.Equal(Features + 1, values.Length);
            values.AsSpan(0, Features).CopyTo(features.AsSpan(i * Features));
            labels[i] = values[Features];
        }

        return new SampleSet(Features, features, labels);
    }

    private static string? Find(string? folder)
    {
        while (folder is not null)
        {
            var file = Path.Combine(folder, "samples", "data", "digits.csv");
            if (System.IO.File.Exists(file))
            {
                return file;
            }

            folder = Path.GetDirectoryName(folder);
        }

        return null;
    }
}
