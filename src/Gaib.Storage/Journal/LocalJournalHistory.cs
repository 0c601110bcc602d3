using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace Gaib.Storage.Journal;

/// <summary>
/// A journal in a folder, read beside its owner. What is kept beside segment N lies in <c>index/N.idx</c>: XXH128 of the rest (16 bytes),
/// then the bytes. It is not flushed: what a power cut takes or spoils is made again.
/// </summary>
internal sealed class LocalJournalHistory(string folder) : JournalHistory(LocalJournalFiles.Browse(folder))
{
    private const int SumBytes = 16;

    private readonly SemaphoreSlim _turn = new(1);

    public override async Task<T> RunAsync<T>(Func<T> reading)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(reading).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override byte[]? ReadBeside(int part)
    {
        if (!File.Exists(BesideOf(part)))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(BesideOf(part));
        return bytes.Length >= SumBytes && XxHash128.HashToUInt128(bytes.AsSpan(SumBytes)) == BinaryPrimitives.ReadUInt128LittleEndian(bytes)
            ? bytes[SumBytes..]
            : null;
    }

    public override void KeepBeside(int part, ReadOnlySpan<byte> bytes)
    {
        var path = BesideOf(part);
        var whole = new byte[SumBytes + bytes.Length];
        BinaryPrimitives.WriteUInt128LittleEndian(whole, XxHash128.HashToUInt128(bytes));
        bytes.CopyTo(whole.AsSpan(SumBytes));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path + ".new", whole);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // On a full disk it is made again the next time; who made it has it.
            if (File.Exists(path + ".new"))
            {
                File.Delete(path + ".new");
            }
        }
    }

    /// <summary>When its turn has come: not under whoever reads.</summary>
    public override void Dispose() => _ = RunAsync(() =>
    {
        base.Dispose();
        return true;
    });

    private string BesideOf(int part) => Path.Combine(folder, "index", part.ToString("D8", CultureInfo.InvariantCulture) + ".idx");
}
