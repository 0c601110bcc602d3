namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// The one thread of a simulated world: whatever waits is continued in the order in which it became ready, and never beside anything else.
/// So a seed gives the same course each time.
/// </summary>
internal sealed class Turns : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Continue, object? State)> _ready = [];

    /// <summary>Queues a continuation.</summary>
    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    /// <summary>Nothing may wait for another thread here, since there is none.</summary>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    /// <summary>The same context: a copy would be another thread.</summary>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Continues all that is ready, and what becomes ready by that.</summary>
    public void Run()
    {
        while (_ready.TryDequeue(out var next))
        {
            next.Continue(next.State);
        }
    }

    /// <summary>Runs a world in this context.</summary>
    public void Enter(Action world)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            world();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
