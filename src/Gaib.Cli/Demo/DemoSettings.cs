using System.Globalization;
using System.Security.Cryptography;

namespace Gaib.Cli.Demo;

/// <summary>What a data directory's demo was started with; a resumed demo goes on with the same.</summary>
internal sealed record DemoSettings(ulong Seed, bool IsShort)
{
    /// <summary>The settings of a directory that a demo has used before, or null.</summary>
    /// <exception cref="ArgumentException">What stands there are no settings.</exception>
    public static DemoSettings? Find(string directory)
    {
        if (!File.Exists(PathIn(directory)))
        {
            return null;
        }

        return File.ReadAllText(PathIn(directory)).Split(' ') is [var number, ("short" or "full") and var length, ..]
            && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? new DemoSettings(seed, length == "short")
            : throw new ArgumentException($"{PathIn(directory)} does not say which demo the folder is of. Restore it from a backup.");
    }

    /// <summary>What to type to go on with the demo.</summary>
    private string CommandFor(string directory) => string.Create(
        CultureInfo.InvariantCulture,
        $"gaib demo --seed {Seed}{(IsShort ? " --short" : "")} --data-dir {(directory.Contains(' ') ? $"'{directory}'" : directory)}");

    private static string PathIn(string directory) => Path.Combine(directory, "demo-seed");

    /// <summary>Takes over the directory's settings, or claims an empty directory with new ones.</summary>
    /// <exception cref="ArgumentException">The directory belongs to a demo with other settings.</exception>
    public static DemoSettings Claim(string directory, ulong? seed, bool isShort)
    {
        Directory.CreateDirectory(directory);
        var path = PathIn(directory);
        if (Find(directory) is { } known)
        {
            return (seed is null || seed == known.Seed) && isShort == known.IsShort
                ? known
                : throw new ArgumentException(
                    $"{directory} holds a demo of seed {known.Seed}{(known.IsShort ? " (--short)" : "")}. "
                    + $"Resume it with \"{known.CommandFor(directory)}\", or choose another --data-dir.");
        }

        var drawn = new DemoSettings(seed ?? (ulong)RandomNumberGenerator.GetInt32(1, int.MaxValue), isShort);

        // Renamed into place, so that a process killed here leaves either no settings or whole ones.
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{drawn.Seed} {(isShort ? "short" : "full")} demo\n"));
        File.Move(path + ".new", path, overwrite: true);
        return drawn;
    }
}
