using Gaib.Abstractions.Ports;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Disk;

/// <summary>The machine stops here, as if its power went.</summary>
internal sealed class PowerCutException : Exception;

/// <summary>
/// A disk with a cache in front of it. What is written lies in the cache until it is flushed; a power cut keeps some of its sectors and
/// drops others. A flush may fail, and then what it was to bring to the disk is gone or not, and the next flush says nothing about it.
/// </summary>
internal sealed class SimulatedDisk(Random random, DiskFaults faults)
{
    private const int Sector = 512;

    private readonly Dictionary<string, Stored> _files = [];
    private bool _isHealed;

    public ulong Epoch { get; private set; }

    /// <summary>How often each fault struck.</summary>
    public Dictionary<string, int> Struck { get; } = [];

    /// <summary>Nothing fails any more.</summary>
    public void Heal() => _isHealed = true;

    /// <summary>Things fail again.</summary>
    public void Hurt() => _isHealed = false;

    /// <summary>A new owner: every earlier one is shut out.</summary>
    public IJournalFiles Take() => new SimulatedFiles(this, ++Epoch);

    /// <summary>The power goes: of each write that was not flushed some sectors are kept.</summary>
    public void CutPower()
    {
        foreach (var file in _files.Values)
        {
            KeepSome(file);
            file.Cache = [.. file.Durable];
        }
    }

    /// <summary>Something changes a bit of what was kept of a segment.</summary>
    public void Rot()
    {
        var segments = _files.Where(file => file.Key.EndsWith(".seg", StringComparison.Ordinal)).Select(file => file.Value).ToArray();
        if (segments.Length > 0)
        {
            var file = segments[random.Next(segments.Length)];
            var used = file.Durable.FindLastIndex(b => b != 0) + 1;
            if (used > 0)
            {
                var at = random.Next(used);
                file.Durable[at] ^= (byte)(1 << random.Next(8));
                file.Cache = [.. file.Durable];
                Count("rot");
            }
        }
    }

    private void Check(ulong epoch)
    {
        if (epoch != Epoch)
        {
            Count("fenced");
            throw new JournalUnavailableException($"Owner {epoch} was followed by {Epoch}.");
        }
    }

    private bool Strikes(string fault, double chance)
    {
        var strikes = !_isHealed && random.NextDouble() < chance;
        if (strikes)
        {
            Count(fault);
        }

        return strikes;
    }

    private void Count(string fault) => Struck[fault] = Struck.GetValueOrDefault(fault) + 1;

    private void KeepSome(Stored file)
    {
        foreach (var (offset, bytes) in file.Pending)
        {
            for (var at = 0; at < bytes.Length;)
            {
                var end = (int)long.Min(bytes.Length, (((offset + at) / Sector) + 1) * Sector - offset);
                if (random.Next(2) == 0)
                {
                    Put(file.Durable, offset + at, bytes.AsSpan(at, end - at));
                }

                at = end;
            }
        }

        file.Pending.Clear();
    }

    private static void Put(List<byte> into, long offset, ReadOnlySpan<byte> bytes)
    {
        while (into.Count < offset + bytes.Length)
        {
            into.Add(0);
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            into[(int)offset + i] = bytes[i];
        }
    }

    private sealed class Stored
    {
        public List<byte> Durable { get; set; } = [];

        public List<byte> Cache { get; set; } = [];

        public List<(long Offset, byte[] Bytes)> Pending { get; } = [];
    }

    private sealed class SimulatedFiles(SimulatedDisk disk, ulong epoch) : IJournalFiles
    {
        public string Place => "book";

        public ulong Epoch => epoch;

        public IReadOnlyCollection<string> List() => [.. disk._files.Keys];

        public long LengthOf(string name) => disk._files[name].Cache.Count;

        public int Read(string name, long offset, Span<byte> into)
        {
            var cache = disk._files[name].Cache;
            var count = (int)long.Min(into.Length, long.Max(0, cache.Count - offset));
            for (var i = 0; i < count; i++)
            {
                into[i] = cache[(int)offset + i];
            }

            return count;
        }

        public void Create(string name, long bytes)
        {
            disk.Check(epoch);
            if (disk.Strikes("disk full", disk.Faults.DiskFull))
            {
                throw new IOException("No space is left.");
            }

            disk._files[name] = new Stored { Durable = [.. new byte[bytes]], Cache = [.. new byte[bytes]] };
        }

        public void Write(string name, long offset, ReadOnlySpan<byte> bytes)
        {
            disk.Check(epoch);
            if (disk.Strikes("write error", disk.Faults.WriteError))
            {
                throw new IOException("The write failed.");
            }

            var file = disk._files[name];
            Put(file.Cache, offset, bytes);
            file.Pending.Add((offset, bytes.ToArray()));
        }

        public void Flush(string name)
        {
            disk.Check(epoch);
            var file = disk._files[name];
            if (disk.Strikes("flush error", disk.Faults.FlushError))
            {
                disk.KeepSome(file);
                throw new IOException("The flush failed.");
            }

            foreach (var (offset, bytes) in file.Pending)
            {
                Put(file.Durable, offset, bytes);
            }

            file.Pending.Clear();
        }

        public void Rename(string from, string to)
        {
            disk.Check(epoch);
            disk._files.Remove(from, out var file);
            disk._files[to] = file!;
        }

        public void Delete(string name)
        {
            disk.Check(epoch);
            disk._files.Remove(name);
        }

        public void Dispose()
        {
        }
    }

    private DiskFaults Faults => faults;
}

/// <summary>How often a disk fails, each a chance an operation.</summary>
internal sealed record DiskFaults(double DiskFull, double WriteError, double FlushError);
