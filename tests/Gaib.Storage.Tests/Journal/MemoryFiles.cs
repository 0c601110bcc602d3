using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>
/// A journal's files in memory, for cases that a disk can't be asked for, or not thousands of times. What is written can be read at once; it
/// survives the loss of power when it was flushed, and a flush that fails loses it, as Linux does.
/// </summary>
internal sealed class MemoryFiles : IJournalFiles
{
    private readonly Dictionary<string, byte[]> _read = [];
    private readonly Dictionary<string, byte[]> _durable = [];

    public string Place => "memory";

    public ulong Epoch { get; set; } = 1;

    /// <summary>What was asked for, one line a call that changes something.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>May throw: before a write or a flush, told which.</summary>
    public Action<string> Before { get; set; } = static _ => { };

    /// <summary>May throw: after a write or a flush was done.</summary>
    public Action<string> After { get; set; } = static _ => { };

    /// <summary>A file's bytes as they are read.</summary>
    public byte[] this[string name]
    {
        get => _read[name];
        set => (_read[name], _durable[name]) = (value, [.. value]);
    }

    /// <summary>The power goes: what was not flushed is gone.</summary>
    public void CutPower()
    {
        _read.Clear();
        foreach (var (name, bytes) in _durable)
        {
            _read[name] = [.. bytes];
        }
    }

    /// <summary>A copy with its own bytes.</summary>
    public MemoryFiles Copy()
    {
        var copy = new MemoryFiles { Epoch = Epoch + 1 };
        foreach (var (name, bytes) in _read)
        {
            copy[name] = [.. bytes];
        }

        return copy;
    }

    /// <summary>True when both have the same files with the same bytes.</summary>
    public bool Equal(MemoryFiles other) =>
        _read.Count == other._read.Count
        && _read.All(file => other._read.TryGetValue(file.Key, out var bytes) && bytes.AsSpan().SequenceEqual(file.Value));

    public void RequireOwner()
    {
    }

    public IReadOnlyCollection<string> List() => [.. _read.Keys];

    public long LengthOf(string name) => _read[name].Length;

    public int Read(string name, long offset, Span<byte> into)
    {
        var from = _read[name].AsSpan((int)long.Min(offset, _read[name].Length));
        from = from[..int.Min(from.Length, into.Length)];
        from.CopyTo(into);
        return from.Length;
    }

    public void Create(string name, long bytes)
    {
        Calls.Add($"create {name}");
        this[name] = new byte[bytes];
    }

    public void Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        Calls.Add($"write {name}:{offset}");
        Before("write");
        var file = _read[name];
        Array.Resize(ref file, (int)long.Max(file.Length, offset + bytes.Length));
        bytes.CopyTo(file.AsSpan((int)offset));
        _read[name] = file;
        After("write");
    }

    public void Flush(string name)
    {
        Calls.Add($"flush {name}");
        Before("flush");
        _durable[name] = [.. _read[name]];
        After("flush");
    }

    public void Rename(string from, string to)
    {
        Calls.Add($"rename {from} {to}");
        this[to] = _read[from];
        Remove(from);
    }

    public void Delete(string name)
    {
        Calls.Add($"delete {name}");
        Remove(name);
    }

    public void Dispose()
    {
    }

    private void Remove(string name)
    {
        _read.Remove(name);
        _durable.Remove(name);
    }
}
