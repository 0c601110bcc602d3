using Gaib.Abstractions.Ports;
using Gaib.Simulation.Tests.Cluster;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Disk;

/// <summary>
/// A disk with a cache in front of it. What is written lies in the cache until it is flushed; a power cut keeps some of its sectors and
/// drops others. A name that was made or changed is durable, as the port promises; a removed file may come back with the power, until
/// something else makes its folder durable.
/// </summary>
internal sealed class SimulatedDisk(Random random, DiskFaults faults, EventLog log)
{
    private const int Sector = 512;

    private readonly Dictionary<string, StoredFile> _files = [];
    private readonly Dictionary<string, StoredFile> _ghosts = [];
    private readonly Dictionary<string, StoredFile> _removed = [];
    private bool _isHealed = true;

    /// <summary>What is kept beside segments. Nobody flushes it, no backup has it, and it may lie beside another segment than its own.</summary>
    public Dictionary<int, byte[]> Beside { get; } = [];

    /// <summary>Number of the newest owner.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Nothing works until the machine starts again.</summary>
    public bool IsPowerOut { get; private set; }

    /// <summary>No file can be made and none can grow.</summary>
    public bool IsFull { get; set; }

    /// <summary>The disk changed, lost or misplaced something since it was last restored.</summary>
    public bool HasLied { get; private set; }

    /// <summary>
    /// Zeros were written where a lie may have made a frame look torn. They are in the backup too, so that what was there is gone for good.
    /// </summary>
    public bool HasMendedALie { get; private set; }

    /// <summary>Things fail from here on, or no more.</summary>
    public bool IsHealed
    {
        get => _isHealed;
        set => (_isHealed, IsFull) = (value, false);
    }

    /// <summary>A new owner: every earlier one is shut out.</summary>
    public IJournalFiles Take()
    {
        CheckPower();
        return new SimulatedFiles(this, ++Epoch);
    }

    /// <summary>The files as an export reads them, beside the owner.</summary>
    public IJournalFiles Watch()
    {
        CheckPower();
        return new SimulatedFiles(this, 0);
    }

    /// <summary>The power goes now; whatever is asked of the disk from here on fails.</summary>
    public void PullPlug() => IsPowerOut = true;

    /// <summary>The machine starts again: of each write that was not flushed some sectors are kept.</summary>
    public void Start()
    {
        foreach (var (name, ghost) in _ghosts)
        {
            if (random.Next(2) == 0 && _files.TryAdd(name, ghost))
            {
                log.See("removed file came back");
            }
        }

        _ghosts.Clear();
        foreach (var file in _files.Values)
        {
            KeepSome(file);
            file.Forget();
        }

        foreach (var part in Beside.Keys.Where(_ => random.Next(4) == 0).ToArray())
        {
            Beside.Remove(part);
            log.See("index lost");
        }

        IsPowerOut = false;
    }

    /// <summary>Keeps something beside a segment, or beside another.</summary>
    internal void KeepBeside(int part, byte[] bytes)
    {
        var isMisplaced = !_isHealed && faults.Lies && random.Next(8) == 0;
        Beside[isMisplaced ? int.Max(1, part + random.Next(3) - 1) : part] = bytes;
        log.See(isMisplaced ? "index misplaced" : "index kept");
    }

    /// <summary>The system forgets what it had in its cache of flushed files.</summary>
    public void DropCache()
    {
        log.See("cache dropped");
        foreach (var file in _files.Values.Where(file => file.Pending.Count == 0))
        {
            file.Forget();
        }
    }

    /// <summary>Something changes a bit or a sector of what was kept of a file.</summary>
    public void MayRot()
    {
        if (!_isHealed && random.NextDouble() < faults.Rot && Pick() is { } file && file.Platter.LastIndexOfAnyExcept((byte)0) is >= 0 and var last)
        {
            var at = random.Next(last + 1);
            file.Platter[at] ^= (byte)(1 << random.Next(8));
            file.Forget();
            HasLied = true;
            log.See("rot");
        }
    }

    /// <summary>Somebody puts every file back as it should be.</summary>
    public void Restore()
    {
        foreach (var (name, file) in _removed)
        {
            _files.TryAdd(name, file);
        }

        _removed.Clear();
        foreach (var file in _files.Values)
        {
            file.Restore();
        }

        HasLied = false;
        log.See("restored from backup");
    }

    /// <summary>Somebody removes a file.</summary>
    public void RemoveByHand(string name)
    {
        if (_files.Remove(name, out var file))
        {
            _removed[name] = file;
            log.See("snapshot removed by hand");
        }
    }

    /// <summary>What stands in the segments that a journal reads when it opens, as it reads them.</summary>
    public IEnumerable<(string Name, byte[] Bytes)> Segments => _files
        .Where(file => file.Key.StartsWith("journal-", StringComparison.Ordinal) && file.Key.EndsWith(".seg", StringComparison.Ordinal))
        .OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => (file.Key, file.Value.Cache.ToArray()));

    internal StoredFile File(string name) => _files.TryGetValue(name, out var file) ? file : throw new FileNotFoundException(name);

    internal IReadOnlyCollection<string> Names => [.. _files.Keys.Order(StringComparer.Ordinal)];

    internal void RequireOwner(ulong epoch)
    {
        CheckPower();
        if (epoch != Epoch)
        {
            log.See("fenced");
            throw new JournalUnavailableException($"Owner {epoch} was followed by {Epoch}.");
        }
    }

    internal void Check(ulong epoch)
    {
        RequireOwner(epoch);
        if (Strikes("power cut", faults.PowerCut))
        {
            PullPlug();
            CheckPower();
        }
    }

    internal void CheckPower()
    {
        if (IsPowerOut)
        {
            throw new PowerCutException();
        }
    }

    internal void MayFail(string fault, double chance)
    {
        if (Strikes(fault, chance))
        {
            throw new IOException($"Simulated: {fault}.");
        }
    }

    internal void CheckSpace()
    {
        if (IsFull)
        {
            log.See("disk full");
            throw new IOException("Simulated: no space is left.");
        }
    }

    internal DiskFaults Faults => faults;

    internal void Add(string name, StoredFile file)
    {
        _files[name] = file;
        _ghosts.Clear();
    }

    internal void Rename(string from, string to)
    {
        _files.Remove(from, out var file);
        Add(to, file!);
    }

    internal void Remove(string name)
    {
        if (_files.Remove(name, out var file))
        {
            _ghosts[name] = file;
        }
    }

    internal PendingWrite Accept(long offset, byte[] bytes)
    {
        var lie = Strikes("lost write", faults.Lost) ? random.Next(2) == 0 ? DiskLie.Lost : DiskLie.LostInPart
            : Strikes("misdirected write", faults.Misdirected) ? random.Next(2) == 0 ? DiskLie.Misplaced : DiskLie.MisplacedElsewhere
            : Strikes("corrupt write", faults.Corrupt) ? random.Next(2) == 0 ? DiskLie.Flipped : DiskLie.Garbled
            : DiskLie.None;
        return new PendingWrite(offset, bytes, lie);
    }

    /// <summary>Brings one write to the disk, as the disk does it.</summary>
    internal void Settle(StoredFile file, PendingWrite write)
    {
        if (write.Lie == DiskLie.None)
        {
            HasMendedALie |= HasLied && write.Offset + write.Bytes.Length <= file.Platter.Length && !write.Bytes.AsSpan().ContainsAnyExcept((byte)0);
            file.Keep(write.Offset, write.Bytes);
            return;
        }

        HasLied = true;
        file.KeepInBackup(write.Offset, write.Bytes);
        switch (write.Lie)
        {
            case DiskLie.LostInPart:
                ForEachSector(write, (offset, bytes) => SpoilSome(file, offset, bytes));
                break;
            case DiskLie.Misplaced:
                file.Spoil(random.Next(1 + (file.Platter.Length / Sector)) * Sector, write.Bytes);
                break;
            case DiskLie.MisplacedElsewhere:
                Pick()?.Spoil(write.Offset / Sector * Sector, write.Bytes);
                break;
            case DiskLie.Flipped or DiskLie.Garbled:
                file.Spoil(write.Offset, Changed(write));
                break;
            default:
                break;
        }
    }

    /// <summary>A flush that failed, or a power cut: some sectors are kept, the others are not and never will be.</summary>
    internal void KeepSome(StoredFile file)
    {
        foreach (var write in file.Pending)
        {
            ForEachSector(write, (offset, bytes) =>
            {
                if (random.Next(2) == 0)
                {
                    Settle(file, new PendingWrite(offset, bytes, write.Lie == DiskLie.LostInPart ? DiskLie.Lost : write.Lie));
                }
            });
        }

        file.Pending.Clear();
    }

    private void SpoilSome(StoredFile file, long offset, byte[] bytes)
    {
        if (random.Next(2) == 0)
        {
            file.Spoil(offset, bytes);
        }
    }

    private byte[] Changed(PendingWrite write)
    {
        byte[] bytes = [.. write.Bytes];
        if (bytes.Length == 0)
        {
            return bytes;
        }

        var at = random.Next(bytes.Length);
        if (write.Lie == DiskLie.Flipped)
        {
            bytes[at] ^= (byte)(1 << random.Next(8));
        }
        else
        {
            random.NextBytes(bytes.AsSpan(at, int.Min(Sector, bytes.Length - at)));
        }

        return bytes;
    }

    private static void ForEachSector(PendingWrite write, Action<long, byte[]> each)
    {
        for (var at = 0; at < write.Bytes.Length;)
        {
            var end = (int)long.Min(write.Bytes.Length, ((((write.Offset + at) / Sector) + 1) * Sector) - write.Offset);
            each(write.Offset + at, write.Bytes[at..end]);
            at = end;
        }
    }

    private StoredFile? Pick()
    {
        var names = Names.Where(name => name.EndsWith(".seg", StringComparison.Ordinal) || name.EndsWith(".snap", StringComparison.Ordinal)).ToArray();
        return names.Length == 0 ? null : _files[names[random.Next(names.Length)]];
    }

    private bool Strikes(string fault, double chance)
    {
        var strikes = !_isHealed && chance > 0 && random.NextDouble() < chance;
        if (strikes)
        {
            log.See(fault);
        }

        return strikes;
    }
}
