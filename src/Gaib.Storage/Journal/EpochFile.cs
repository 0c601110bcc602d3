using System.Buffers.Binary;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>Who owns a journal: a lock that ends with the process, and an epoch that each new owner raises.</summary>
internal static class EpochFile
{
    private const string Name = "owner";

    /// <summary>Takes the journal over.</summary>
    /// <exception cref="JournalUnavailableException">Another process holds it.</exception>
    public static FileStream Take(string folder, Action<JournalStep> onStep, out ulong epoch)
    {
        FileStream owner;
        try
        {
            owner = new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new JournalUnavailableException($"{folder} is owned by another process. Stop it first, or choose another data directory.", fault);
        }

        onStep(JournalStep.BeforeEpoch);
        Span<byte> bytes = stackalloc byte[8];
        epoch = owner.ReadAtLeast(bytes, 8, throwOnEndOfStream: false) == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) + 1 : 1;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, epoch);
        owner.Position = 0;
        owner.Write(bytes);
        owner.Flush(flushToDisk: true);
        onStep(JournalStep.AfterEpoch);
        return owner;
    }

    /// <summary>
    /// When the file was last written. It changes when another owner writes its epoch, which the lock alone does not prevent: somebody may
    /// have removed the file, and then there are two, each with a lock of its own.
    /// </summary>
    public static DateTime WrittenAt(string folder) => File.GetLastWriteTimeUtc(Path.Combine(folder, Name));
}
