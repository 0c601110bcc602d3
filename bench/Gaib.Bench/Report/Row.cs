namespace Gaib.Bench.Report;

/// <summary>One line of the result.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Of both sides.</param>
/// <param name="Ours">What Gaib did.</param>
/// <param name="PeerName">Who or what it stands beside, and how that was driven; null where there is nothing.</param>
/// <param name="Peer">What the peer did in the same run.</param>
internal sealed record Row(string Name, string Unit, Spread Ours, string? PeerName = null, Spread? Peer = null)
{
    /// <summary>Our median over the peer's; null without a peer.</summary>
    public double? Ratio => Peer is { Median: > 0 } peer ? Ours.Median / peer.Median : null;
}
