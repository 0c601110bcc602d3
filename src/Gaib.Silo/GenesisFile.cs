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
        var path = Path.Combine(directory, "network");
        if (!File.Exists(path))
        {
            // Renamed into place: a process killed here leaves either no file or a whole one, never one that names no network.
            File.WriteAllText(path + ".new", network.Id + "\n");
            File.Move(path + ".new", path, overwrite: true);
        }
        else if (File.ReadAllText(path).Trim() is var known && known != network.Id.ToString())
        {
            throw new ArgumentException($"{directory} belongs to the network {known}, not to {network.Id}. Choose another data directory.");
        }
    }
}
