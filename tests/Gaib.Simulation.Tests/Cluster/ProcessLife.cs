namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// One run of a process. When it is over, nothing that it had begun goes on, and what was on its way to it is lost; what it had sent to
/// another machine may still arrive there.
/// </summary>
internal sealed class ProcessLife
{
    /// <summary>The process is gone.</summary>
    public bool IsOver { get; private set; }

    /// <summary>It dies.</summary>
    public void End() => IsOver = true;
}
