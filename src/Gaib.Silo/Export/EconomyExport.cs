using Gaib.Domain.Data;

namespace Gaib.Silo.Export;

/// <summary>Writes everything that anyone needs to recompute the economy; docs/reference/export.md is the format.</summary>
public static class EconomyExport
{
    /// <summary>Exports a running node into an empty or new folder.</summary>
    /// <param name="node">The node; no command should be under way, or the export shows a moment in its middle.</param>
    /// <param name="directory">The folder; files of an earlier export in it are replaced.</param>
    /// <param name="burn">Held-back parts that are revealed by this export.</param>
    /// <exception cref="ArgumentException">The folder holds something else than an export.</exception>
    public static async Task WriteAsync(GaibNode node, string directory, IReadOnlySet<HeldBackKind> burn)
    {
        Clear(directory);
        var source = await ExportSource.OpenAsync(node.Services);
        var blobs = new ExportBlobs(source.Store, directory, burn);
        await ComputeExport.WriteAsync(source, directory);
        await DataExport.WriteBeaconsAsync(source, directory);
        await DataExport.WriteAsync(source, directory, blobs);
        await TrainingExport.WriteAsync(source, directory, blobs);
        await ModelsExport.WriteAsync(source, directory, blobs);
        await ModelsExport.WriteSessionsAsync(source, directory);
        await ModelsExport.WriteHostEpochsAsync(source, directory);
        await SettlementExport.WriteAsync(source, directory);
        MoneyExport.WriteNetwork(source, directory);
        MoneyExport.WriteTransfers(source, directory);
        MoneyExport.WriteCommands(source, directory);
        await MoneyExport.WriteBooksAsync(source, directory);
    }

    /// <summary>Removes an earlier export; anything else that lies there is left alone.</summary>
    private static void Clear(string directory)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            if (!File.Exists(Path.Combine(directory, "network.json")))
            {
                throw new ArgumentException($"{directory} holds something that is no export. Choose an empty or new folder.");
            }

            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
    }
}
