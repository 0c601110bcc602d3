using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Disk;

/// <summary>One owner's view of a simulated disk, with the promises of the port and no more.</summary>
internal sealed class SimulatedFiles(SimulatedDisk disk, ulong epoch) : IJournalFiles
{
    public string Place => "book";

    public ulong Epoch => epoch;

    public void RequireOwner() => disk.RequireOwner(epoch);

    public IReadOnlyCollection<string> List()
    {
        disk.CheckPower();
        return disk.Names;
    }

    public long LengthOf(string name) => disk.File(name).Cache.Length;

    public int Read(string name, long offset, Span<byte> into)
    {
        disk.CheckPower();
        var cache = disk.File(name).Cache;
        var count = (int)long.Clamp(cache.Length - offset, 0, into.Length);
        cache.Slice((int)long.Min(offset, cache.Length), count).CopyTo(into);
        return count;
    }

    public void Create(string name, long bytes)
    {
        disk.Check(epoch);
        disk.CheckSpace();
        disk.MayFail("write error", disk.Faults.WriteError);

        // What is under way has another name; a cut leaves it behind, and it disturbs nobody.
        disk.Add(name + ".zero", new StoredFile((int)bytes));
        disk.Check(epoch);
        disk.Rename(name + ".zero", name);
    }

    public void Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        disk.Check(epoch);
        var file = disk.File(name);
        if (offset + bytes.Length > file.Cache.Length)
        {
            disk.CheckSpace();
        }

        disk.MayFail("write error", disk.Faults.WriteError);
        file.Write(offset, bytes);
        file.Pending.Add(disk.Accept(offset, bytes.ToArray()));
    }

    public void Flush(string name)
    {
        disk.Check(epoch);
        var file = disk.File(name);
        try
        {
            disk.MayFail("flush error", disk.Faults.FlushError);
        }
        catch (IOException)
        {
            disk.KeepSome(file);
            throw;
        }

        foreach (var write in file.Pending)
        {
            disk.Settle(file, write);
        }

        file.Pending.Clear();
    }

    public void Rename(string from, string to)
    {
        disk.Check(epoch);
        disk.MayFail("write error", disk.Faults.WriteError);
        disk.Rename(from, to);

        // The power may also go when the new name is durable and nobody was told.
        disk.Check(epoch);
    }

    public void Delete(string name)
    {
        disk.Check(epoch);
        disk.MayFail("write error", disk.Faults.WriteError);
        disk.Remove(name);
    }

    public void Dispose()
    {
    }
}
