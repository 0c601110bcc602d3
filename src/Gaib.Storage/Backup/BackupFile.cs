using System.IO.Hashing;

namespace Gaib.Storage.Backup;

/// <summary>Files of a backup, written and read piece by piece with their checksums.</summary>
internal static class BackupFile
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Writes a new file, waits until it is on the disk, and says what it is.</summary>
    public static BackupEntry Write(string path, string name, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        var (hash, length) = (new XxHash128(), 0L);
        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        foreach (var piece in pieces)
        {
            RandomAccess.Write(handle, piece.Span, length);
            hash.Append(piece.Span);
            length += piece.Length;
        }

        RandomAccess.FlushToDisk(handle);
        return new BackupEntry(name, length, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    /// <summary>Reads a file of a backup, and throws at its end if it was not as its entry says.</summary>
    /// <exception cref="IOException">It is missing, or is not as it was written.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(string path, BackupEntry entry)
    {
        using var file = Open(path);
        var (hash, length, piece) = (new XxHash128(), 0L, new byte[PieceBytes]);
        for (var read = file.Read(piece); read > 0; read = file.Read(piece))
        {
            hash.Append(piece.AsSpan(0, read));
            length += read;
            yield return piece.AsMemory(0, read);
        }

        if (length != entry.Length || Convert.ToHexStringLower(hash.GetCurrentHash()) != entry.Xxh128)
        {
            throw new IOException($"{path} is not as it was written. Nothing was restored. Take another backup.");
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{path} is missing. Nothing was restored. Take another backup.", missing);
        }
    }
}
