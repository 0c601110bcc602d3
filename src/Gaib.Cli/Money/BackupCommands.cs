using System.CommandLine;
using System.Globalization;
using Gaib.Silo;
using Gaib.Silo.Backup;
using Gaib.Storage.Backup;

namespace Gaib.Cli.Money;

/// <summary><c>gaib backup</c> copies a node's data directory, also while the node runs; <c>gaib restore</c> puts a backup in place of one.</summary>
internal static class BackupCommands
{
    public static Command Backup()
    {
        var data = Options.Folder("--data-dir", "The node's data directory; the node may run.", "gaib-data");
        var target = Options.Folder("--out", "A folder that is not there yet.", null);
        var command = new Command("backup", "Copies all that a node needs to go on, as it is at one moment. The node may run.") { data, target };
        command.SetAction((parsed, cancellation) => Ending.OfAsync(() => TakeAsync(parsed.GetValue(data)!, parsed.GetValue(target)!, cancellation)));
        return command;
    }

    public static Command Restore()
    {
        var from = Options.Folder("--from", "The folder of a backup.", null);
        var data = Options.Folder("--data-dir", "A new or empty folder.", "gaib-data");
        var command = new Command("restore", "Checks a backup and makes a data directory of it. Exit code 2: it is no whole backup.") { from, data };
        command.SetAction(parsed => Ending.Of(() => Restore(parsed.GetValue(from)!, parsed.GetValue(data)!)));
        return command;
    }

    private static async Task<int> TakeAsync(string directory, string target, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(directory, "network")))
        {
            return Ending.SayUsage($"{directory} is no node's data directory: there is no file 'network'.");
        }

        if (Path.Exists(target))
        {
            return Ending.SayUsage($"{target} is there already. Choose a new folder for the backup.");
        }

        using var progress = new LedgerCommands.Counting("bytes written");
        if (Hold(directory) is { } hold)
        {
            using (hold)
            {
                NodeBackup.TakeStopped(hold, directory, target, bytes => progress.Tell((ulong)bytes));
            }
        }
        else
        {
            await RunningNode.BackupAsync(directory, Path.GetFullPath(target), progress.Tell, cancellationToken);
        }

        progress.Dispose();
        Show($"backed up {directory} to {target}", BackupManifest.Read(target));
        return Ending.Done;
    }

    private static int Restore(string from, string directory)
    {
        try
        {
            BackupManifest.Read(from);
        }
        catch (ArgumentException wrong)
        {
            return Ending.SayUsage(wrong.Message);
        }

        Show($"restored {from} to {directory}", BackupRestore.Run(from, directory));
        return Ending.Done;
    }

    /// <summary>The hold on the directory of a stopped node; null where a node runs.</summary>
    private static NodeDirectory? Hold(string directory)
    {
        try
        {
            return NodeDirectory.Take(directory);
        }
        catch (IOException) when (NodeDirectory.IsHeld(directory))
        {
            return null;
        }
    }

    private static void Show(string what, BackupManifest manifest)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {manifest.Files.Count} files, {manifest.Bytes} bytes"));
        foreach (var journal in manifest.Journals)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(journal.At);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{journal.Name} up to frame {journal.Frame} of {at:yyyy-MM-dd HH:mm:ss.fff} UTC by the node's clock"));
        }

        Console.WriteLine($"genesis {manifest.Genesis}");
    }
}
