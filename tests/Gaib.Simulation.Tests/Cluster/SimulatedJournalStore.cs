using Gaib.Abstractions.Ports;
using Gaib.Simulation.Tests.Disk;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>Opens the journal of the one book over a simulated disk, for one activation.</summary>
internal sealed class SimulatedJournalStore(
    SimulatedDisk disk, Action<JournalStep> onStep, Func<IJournal, IJournal> wrap, Action<ulong, long, byte[]> onSealed) : IJournalStore
{
    private const int SegmentBytes = 4 << 10;

    /// <summary>What was opened; null before.</summary>
    public SimulatedJournal? Opened { get; private set; }

    public Task<IJournal> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            var files = disk.Take();
            var log = new JournalLog(new JournalOptions { SegmentBytes = SegmentBytes, OnStep = onStep }, files);

            // Whoever was followed by another owner writes nothing any more, so that only the owner's frames are history.
            Opened = new SimulatedJournal(log, () => files.Epoch == disk.Epoch, (number, at, bytes) =>
            {
                if (files.Epoch == disk.Epoch)
                {
                    onSealed(number, at, bytes);
                }
            });
            return Task.FromResult(wrap(Opened));
        }
        catch (Exception fault) when (fault is IOException or PowerCutException)
        {
            return Task.FromException<IJournal>(new JournalUnavailableException($"The book can't be read: {fault.Message}", fault));
        }
        catch (JournalUnavailableException fault)
        {
            return Task.FromException<IJournal>(fault);
        }
    }

    public IEnumerable<JournalFrame> Read(string name) => Segments.FromFirst(disk.Watch());

    public IJournalHistory OpenHistory(string name) => new SimulatedHistory(disk);
}
