using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Disk;

/// <summary>Looks things up on a simulated disk, at once. What is kept beside a segment lasts as long as its file system likes.</summary>
internal sealed class SimulatedHistory(SimulatedDisk disk) : JournalHistory(disk.Watch())
{
    public override Task<T> RunAsync<T>(Func<T> reading)
    {
        try
        {
            return Task.FromResult(reading());
        }
        catch (Exception fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    public override byte[]? ReadBeside(int part) => disk.Beside.GetValueOrDefault(part);

    public override void KeepBeside(int part, ReadOnlySpan<byte> bytes) => disk.KeepBeside(part, bytes.ToArray());
}
