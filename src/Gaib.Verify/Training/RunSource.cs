using Gaib.Domain.Training;
using Gaib.Verify.Compute;

namespace Gaib.Verify.Training;

/// <summary>What a run is replayed from.</summary>
/// <param name="Data">The export.</param>
/// <param name="Line">The run's line.</param>
/// <param name="Spec">What it trains.</param>
/// <param name="Leases">The leases that pay its workers.</param>
/// <param name="Market">The market of its leases, for the rates.</param>
/// <param name="Findings">Where findings go.</param>
internal sealed record RunSource(ExportData Data, RunLine Line, RunSpec Spec, LeaseReplay Leases, MarketReplay Market, Findings Findings)
{
    /// <summary>Executes rounds again; null when bytes are missing for that.</summary>
    public RunNumbers? Numbers { get; set; }
}
