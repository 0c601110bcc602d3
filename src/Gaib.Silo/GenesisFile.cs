using System.Globalization;
using Gaib.Abstractions.Governance;

namespace Gaib.Silo;

/// <summary>A data directory belongs to one network: its genesis hash stands in the file <c>network</c>.</summary>
public static class GenesisFile
{
    /// <summary>Claims an empty directory for the network, or makes sure that it is the network's.</summary>
    /// <exception cref="ArgumentException">It belongs to another network.</exception>
    public static void Check(string directory, Network network)
    {
        Directory.CreateDirectory(directory);
        Claim(Path.Combine(directory, "network"), network.Id.ToString(), known =>
            $"{directory} belongs to the network {known}, not to {network.Id}. Choose another data directory.");
        if (network.Books > 1 || File.Exists(Path.Combine(directory, "books-count")))
        {
            Claim(Path.Combine(directory, "books-count"), network.Books.ToString(CultureInfo.InvariantCulture), known =>
                $"{directory} was begun with {known} books, not with {network.Books}. Set as many, or choose another data directory.");
        }
    }

    private static void Claim(string path, string mine, Func<string, string> other)
    {
        if (!File.Exists(path))
        {
            // Renamed into place: a process killed here leaves either no file or a whole one, never one that says nothing.
            File.WriteAllText(path + ".new", mine + "\n");
            File.Move(path + ".new", path, overwrite: true);
        }
        else if (File.ReadAllText(path).Trim() is var known && known != mine)
        {
            throw new ArgumentException(other(known));
        }
    }
}
