using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>All that happens in a world, as a running hash, and how often each named thing was seen.</summary>
internal sealed class EventLog
{
    private readonly XxHash128 _hash = new();
    private readonly bool _isPrinted = Environment.GetEnvironmentVariable("GAIB_TRACE") == "1";

    /// <summary>How often each named thing happened.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>The hash of everything so far.</summary>
    public UInt128 Hash => _hash.GetCurrentHashAsUInt128();

    /// <summary>The first thing that was not as the auditor says; null while all is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Something is not as the auditor says.</summary>
    public void Blame(string what)
    {
        Write(what);
        Fault ??= what;
    }

    /// <summary>Blames, unless two things are the same.</summary>
    public void Expect<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            Blame($"{what}: expected {expected}, got {actual}");
        }
    }

    /// <summary>Writes an event down.</summary>
    public void Write(string what)
    {
        _hash.Append(MemoryMarshal.AsBytes(what.AsSpan()));
        if (_isPrinted)
        {
            Console.WriteLine(what);
        }
    }

    /// <summary>Writes an event down and counts it by its name.</summary>
    public void See(string name)
    {
        Write(name);
        CollectionsMarshal.GetValueRefOrAddDefault(Seen, name, out _)++;
    }
}
