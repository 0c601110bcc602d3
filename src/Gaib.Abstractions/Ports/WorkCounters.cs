namespace Gaib.Abstractions.Ports;

/// <summary>
/// How much work this process has really executed, apart from what it only remembers. A restarted node that executed something
/// twice would show it here.
/// </summary>
public sealed class WorkCounters
{
    private long _trained;
    private long _replayed;
    private long _served;
    private long _rows;

    /// <summary>Worker rounds trained.</summary>
    public long Trained => Interlocked.Read(ref _trained);

    /// <summary>Rounds replayed for attribution and checks.</summary>
    public long Replayed => Interlocked.Read(ref _replayed);

    /// <summary>Inference calls executed.</summary>
    public long Served => Interlocked.Read(ref _served);

    /// <summary>Inference rows executed.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>A worker trained its part of a round.</summary>
    public void OnTrained() => Interlocked.Increment(ref _trained);

    /// <summary>A round was replayed.</summary>
    public void OnReplayed() => Interlocked.Increment(ref _replayed);

    /// <summary>A call was executed.</summary>
    public void OnServed(int rows)
    {
        Interlocked.Increment(ref _served);
        Interlocked.Add(ref _rows, rows);
    }
}
