using System.Reflection;
using Gaib.Storage.Backup;

namespace Gaib.Silo.Backup;

/// <summary>Backups of a single-machine node's data directory.</summary>
public static class NodeBackup
{
    /// <summary>The program's version, as it stands in a manifest.</summary>
    public static string Program { get; } =
        typeof(NodeBackup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Takes a backup of a stopped node.</summary>
    /// <param name="hold">The hold on the directory: nobody may start the node meanwhile.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="target">A folder that is not there yet.</param>
    /// <param name="onBytes">Told now and then how many bytes are written.</param>
    /// <exception cref="IOException">The target is there already, or can't be written to.</exception>
    public static BackupManifest TakeStopped(NodeDirectory hold, string directory, string target, Action<long>? onBytes = null)
    {
        ArgumentNullException.ThrowIfNull(hold);
        return Take(new BackupSource(directory), target, onBytes);
    }

    internal static BackupManifest Take(BackupSource source, string target, Action<long>? onBytes) =>
        source.Take(target, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Program, onBytes);
}
