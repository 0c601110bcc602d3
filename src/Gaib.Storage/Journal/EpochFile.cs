using System.Buffers.Binary;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>Who owns a journal: a lock that ends with the process, and an epoch that each new owner raises.</summary>
internal static class EpochFile
{
    private const string Name = "owner";

    // What the system says of a lock that another process has: EAGAIN on Linux, EWOULDBLOCK on macOS, a sharing violation on Windows. A full
    // or read-only disk says something else, and the operator must not look for a process then.
    private static readonly int[] LockedElsewhere = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Takes the journal over.</summary>
    /// <exception cref="JournalUnavailableException">Another process holds it.</exception>
    public static FileStream Take(string folder, Action<JournalStep> onStep, out ulong epoch)
    {
        FileStream owner;
        try
        {
            owner = new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (LockedElsewhere.Contains(fault.HResult))
        {
            throw new JournalUnavailableException($"{folder} is owned by another process. Stop it first, or choose another data directory.", fault);
        }

        try
        {
            onStep(JournalStep.BeforeEpoch);
            epoch = Raise(owner);
            onStep(JournalStep.AfterEpoch);
            return owner;
        }
        catch
        {
            // A lock that nobody holds on to would shut out this process's next try.
            owner.Dispose();
            throw;
        }
    }

    private static ulong Raise(FileStream owner)
    {
        Span<byte> bytes = stackalloc byte[8];
        var epoch = owner.ReadAtLeast(bytes, 8, throwOnEndOfStream: false) == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) + 1 : 1;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, epoch);
        owner.Position = 0;
        owner.Write(bytes);
        owner.Flush(flushToDisk: true);
        return epoch;
    }

    /// <summary>
    /// When the file was last written. It changes when another owner writes its epoch, which the lock alone does not prevent: somebody may
    /// have removed the file, and then there are two, each with a lock of its own.
    /// </summary>
    public static DateTime WrittenAt(string folder) => File.GetLastWriteTimeUtc(Path.Combine(folder, Name));
}
