namespace Gaib.Client.Money;

/// <summary>More is sent than the book takes: nothing of this call was queued. Wait for earlier answers, then send it again.</summary>
/// <param name="waiting">Transfers that wait.</param>
/// <param name="max">How many may wait.</param>
public sealed class QueueFullException(int waiting, int max)
    : Exception($"{waiting} transfers wait for the book, and {max} may. Wait for answers before sending more.")
{
    /// <summary>Transfers that wait.</summary>
    public int Waiting => waiting;

    /// <summary>How many may wait.</summary>
    public int Max => max;
}
