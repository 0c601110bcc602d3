using Gaib.Domain.Data;

namespace Gaib.Silo.Export;

/// <summary>Writes everything that anyone needs to recompute the economy; docs/reference/export.md is the format.</summary>
public static class EconomyExport
{
    /// <summary>Exports a running node into an empty or new folder.</summary>
    /// <param name="node">The node; no command should be under way, or the export shows a moment in its middle.</param>
    /// <param name="directory">The folder; an earlier export in it is removed, also one that did not end.</param>
    /// <param name="burn">Held-back parts that are revealed by this export.</param>
    /// <exception cref="ArgumentException">The folder holds something else than an export.</exception>
    public static async Task WriteAsync(GaibNode node, string directory, IReadOnlySet<HeldBackKind> burn)
    {
        ExportTarget.Clear(directory);
        var source = await ExportSource.OpenAsync(node.Services);

        // First of all, because it is by this file that the next export knows the folder again if this one does not end.
        MoneyExport.WriteNetwork(source, directory);
        var blobs = new ExportBlobs(source.Store, directory, burn);
        await ComputeExport.WriteAsync(source, directory);
        await DataExport.WriteBeaconsAsync(source, directory);
        await DataExport.WriteAsync(source, directory, blobs);
        await TrainingExport.WriteAsync(source, directory, blobs);
        await ModelsExport.WriteAsync(source, directory, blobs);
        await ModelsExport.WriteSessionsAsync(source, directory);
        await ModelsExport.WriteHostEpochsAsync(source, directory);
        await SettlementExport.WriteAsync(source, directory);
        MoneyExport.WriteTransfers(source, directory);
        MoneyExport.WriteCommands(source, directory);
        await MoneyExport.WriteBooksAsync(source, directory);
    }
}
