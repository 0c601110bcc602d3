namespace Gaib.Silo.Export;

/// <summary>The folder that an export is written to: new, empty, or with an earlier export in it and nothing else.</summary>
public static class ExportTarget
{
    private const string Network = "network.json";
    private const string Blobs = "blobs";
    private const int BlobNameLength = 64;

    /// <summary>Every file that an export has beside network.json and the blobs.</summary>
    private static readonly HashSet<string> Names =
    [
        .. new[]
        {
            "accounts", "assets", "beacons", "chunks", "commands", "datasets", "gpus", "hostEpochs", "jobs", "leases", "models", "orders",
            "pools", "prices", "rates", "receipts", "roots", "runs", "sessions", "settlements", "shares", "transfers", "valuations",
        }.Select(name => name + ".ndjson"),
    ];

    /// <summary>Makes sure that the folder holds nothing but what an export writes, and touches nothing.</summary>
    /// <param name="directory">The folder; it need not exist.</param>
    /// <exception cref="ArgumentException">It holds something else; the message names the first such entry.</exception>
    public static void Check(string directory)
    {
        if (File.Exists(directory))
        {
            throw new ArgumentException($"{directory} is a file. Choose an empty or new folder.");
        }

        if (!Directory.Exists(directory))
        {
            return;
        }

        var entries = new DirectoryInfo(directory).GetFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal).ToArray();
        var foreign = entries.Select(Foreign).FirstOrDefault(name => name is not null);

        // The network is what an export writes first, so files of its names alone, without it, are somebody else's.
        if (foreign is null && entries.Length > 0 && entries.All(entry => entry.Name != Network))
        {
            foreign = entries[0].Name;
        }

        if (foreign is not null)
        {
            throw new ArgumentException($"{directory} holds {foreign}, which is of no export. Choose an empty or new folder.");
        }
    }

    /// <summary>Makes the folder, and removes what an earlier export wrote there. The network's file stays: by it the folder is known
    /// again if this export does not end.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="ArgumentException">It holds something else than an export; then nothing was removed.</exception>
    public static void Clear(string directory)
    {
        Check(directory);
        var folder = Directory.CreateDirectory(directory);
        foreach (var file in folder.EnumerateFiles().Where(file => Names.Contains(file.Name)))
        {
            file.Delete();
        }

        var blobs = new DirectoryInfo(Path.Combine(directory, Blobs));
        if (blobs.Exists)
        {
            foreach (var blob in blobs.EnumerateFiles().Where(blob => IsBlob(blob.Name)))
            {
                blob.Delete();
            }

            // Not recursive: what came in meanwhile is somebody's, and stays.
            blobs.Delete();
        }
    }

    /// <summary>The name of what no export wrote, at this entry or within it; null when there is nothing.</summary>
    private static string? Foreign(FileSystemInfo entry)
    {
        // A link may lead to anything.
        if (entry.LinkTarget is not null)
        {
            return entry.Name;
        }

        if (entry is not DirectoryInfo folder)
        {
            return entry.Name == Network || Names.Contains(entry.Name) ? null : entry.Name;
        }

        return folder.Name != Blobs
            ? entry.Name
            : folder.GetFileSystemInfos().OrderBy(blob => blob.Name, StringComparer.Ordinal)
                .Where(blob => blob is not FileInfo || blob.LinkTarget is not null || !IsBlob(blob.Name))
                .Select(blob => Path.Combine(Blobs, blob.Name)).FirstOrDefault();
    }

    private static bool IsBlob(string name) => name.Length == BlobNameLength && name.All(char.IsAsciiHexDigitLower);
}
