using System.Globalization;
using System.Text.Json;

namespace Gaib.Storage.Backup;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Xxh128">XXH128 of the bytes, 32 hexadecimal digits: it tells what a disk spoilt, not what somebody forged.</param>
public sealed record BackupEntry(string Path, long Length, string Xxh128);

/// <summary>Up to where a backup has a journal.</summary>
/// <param name="Name">The journal, for one <c>book-0</c>.</param>
/// <param name="Frame">Its last frame.</param>
/// <param name="At">That frame's time, Unix milliseconds.</param>
public sealed record BackupJournal(string Name, ulong Frame, long At);

/// <summary>What a backup is of and what is in it: its file <c>backup.json</c>, which is written last.</summary>
/// <param name="Genesis">The hash of the network's genesis.</param>
/// <param name="TakenAt">Unix milliseconds of the machine's clock.</param>
/// <param name="Program">Version of the program that took it.</param>
/// <param name="Journals">The journals.</param>
/// <param name="Files">Every file but the manifest.</param>
public sealed record BackupManifest(
    string Genesis, long TakenAt, string Program, IReadOnlyList<BackupJournal> Journals, IReadOnlyList<BackupEntry> Files)
{
    /// <summary>Version of the form.</summary>
    public const int Version = 1;

    /// <summary>The manifest's file.</summary>
    public const string FileName = "backup.json";

    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>All bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Length);

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new Written("backup", Version, Genesis, TakenAt, Program, Journals, Files), Form);

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="ArgumentException">There is none: the folder is no backup, or one that did not end.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new ArgumentException(Directory.Exists(folder)
                ? $"{folder} is no whole backup: there is no {FileName}. A backup that did not end can't be restored."
                : $"{folder} is no folder. Name the folder of a backup.");
        }

        try
        {
            var read = JsonSerializer.Deserialize<Written>(File.ReadAllBytes(path), Form);
            return read is { File: "backup", Version: Version, Files: not null, Journals: not null, Genesis: not null }
                ? new BackupManifest(read.Genesis, read.TakenAt, read.Program, read.Journals, read.Files)
                : throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"{path} is of a backup of version {read?.Version}; this program reads {Version}."));
        }
        catch (JsonException fault)
        {
            throw new ArgumentException($"{path} is damaged: {fault.Message}", fault);
        }
    }

    private sealed record Written(
        string File, int Version, string Genesis, long TakenAt, string Program, IReadOnlyList<BackupJournal> Journals, IReadOnlyList<BackupEntry> Files);
}
