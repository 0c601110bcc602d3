namespace Gaib.Storage.Backup;

/// <summary>Puts a backup in place of a data directory.</summary>
public static class BackupRestore
{
    /// <summary>
    /// Checks every file of the backup against its manifest, then copies all of it beside the directory and gives it the directory's name.
    /// </summary>
    /// <param name="from">The backup.</param>
    /// <param name="directory">A folder that is not there, or is empty.</param>
    /// <returns>What was restored.</returns>
    /// <exception cref="ArgumentException">It is no whole backup.</exception>
    /// <exception cref="IOException">The directory is not empty, or a file of the backup is not as it was written.</exception>
    public static BackupManifest Run(string from, string directory)
    {
        var manifest = BackupManifest.Read(from);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        CheckEmpty(full, directory);
        foreach (var file in manifest.Files)
        {
            foreach (var _ in BackupFile.Read(PathIn(from, file), file))
            {
                // Its checksum is compared at its end.
            }
        }

        var unfinished = full + ".unfinished";
        if (Path.Exists(unfinished))
        {
            throw new IOException($"{unfinished} is there: a restore to {directory} is under way or did not end. Remove it, or choose another data directory.");
        }

        try
        {
            foreach (var file in manifest.Files)
            {
                var path = Path.Combine(unfinished, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                BackupFile.Write(path, file.Path, BackupFile.Read(PathIn(from, file), file));
            }

            foreach (var folder in Directory.EnumerateDirectories(unfinished, "*", SearchOption.AllDirectories).Append(unfinished))
            {
                DurableFolder.Flush(folder);
            }

            PutInPlace(unfinished, full);
        }
        catch
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }

            throw;
        }

        return manifest;
    }

    private static void CheckEmpty(string full, string directory)
    {
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new IOException($"{directory} is not empty. A backup is restored to a new or empty folder.");
        }
    }

    private static void PutInPlace(string unfinished, string full)
    {
        if (Directory.Exists(full))
        {
            Directory.Delete(full);
        }

        Directory.Move(unfinished, full);
        DurableFolder.Flush(Path.GetDirectoryName(full)!);
    }

    private static string PathIn(string from, BackupEntry file)
    {
        var path = Path.Combine(from, file.Path);
        return Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(from)) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new IOException($"{BackupManifest.FileName} names {file.Path}, which lies outside the backup. Nothing was restored.");
    }
}
