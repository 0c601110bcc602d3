namespace Gaib.Storage.Journal;

/// <summary>Making and mending a segment file.</summary>
internal static class SegmentFile
{
    /// <summary>Makes a file of zeros on stable storage: flushing a write inside it later needs no change of its length.</summary>
    public static void Create(string path, int bytes)
    {
        var temporary = path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            var zeros = new byte[1 << 20];
            for (long at = 0; at < bytes; at += zeros.Length)
            {
                RandomAccess.Write(file, zeros.AsSpan(0, (int)long.Min(zeros.Length, bytes - at)), at);
            }

            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, path, overwrite: false);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Zeros everything from an offset on, and flushes.</summary>
    public static void ZeroFrom(string path, int offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var rest = RandomAccess.GetLength(file) - offset;
        RandomAccess.Write(file, new byte[rest], offset);
        RandomAccess.FlushToDisk(file);
    }
}
