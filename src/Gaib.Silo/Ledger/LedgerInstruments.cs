using System.Diagnostics.Metrics;

namespace Gaib.Silo.Ledger;

/// <summary>What the ledger's audit publishes. Names and units follow OpenTelemetry's conventions.</summary>
public sealed class LedgerInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gaib.Ledger";

    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly Counter<long> _runs;
    private readonly Counter<long> _transfers;
    private readonly Histogram<double> _duration;
    private long _lastEqual;
    private long _sequence;
    private int _differs;

    /// <summary>Makes the instruments.</summary>
    public LedgerInstruments(IMeterFactory meters, LedgerAuditOptions options)
    {
        (_meter, _time) = (meters.Create(MeterName), options.Time);
        _lastEqual = _time.GetTimestamp();
        _runs = _meter.CreateCounter<long>("gaib.ledger.audit.runs", "{run}", "Audits that came to their end, by result: equal, differs, failed.");
        _transfers = _meter.CreateCounter<long>("gaib.ledger.audit.transfers", "{transfer}", "Transfers that audits have folded again.");
        _duration = _meter.CreateHistogram<double>("gaib.ledger.audit.duration", "s", "How long audits took.");
        _meter.CreateObservableGauge("gaib.ledger.audit.differs", () => Volatile.Read(ref _differs), "1", "1 once an audit found a difference, until the node is started anew; else 0.");
        _meter.CreateObservableGauge("gaib.ledger.audit.age", () => _time.GetElapsedTime(Volatile.Read(ref _lastEqual)).TotalSeconds, "s", "Time since the last audit that found all equal, or since the start.");
        _meter.CreateObservableGauge("gaib.ledger.audit.sequence", () => Volatile.Read(ref _sequence), "{transfer}", "The transfer up to which the book was found equal to its journal.");
    }

    /// <summary>True once a difference was found.</summary>
    public bool Differs => Volatile.Read(ref _differs) == 1;

    /// <summary>An audit found all equal.</summary>
    /// <param name="sequence">Up to which transfer.</param>
    /// <param name="folded">How many transfers it folded.</param>
    /// <param name="took">How long it took.</param>
    public void OnEqual(ulong sequence, ulong folded, TimeSpan took)
    {
        Volatile.Write(ref _lastEqual, _time.GetTimestamp());
        Volatile.Write(ref _sequence, (long)sequence);
        End("equal", folded, took);
    }

    /// <summary>An audit found a difference.</summary>
    /// <param name="folded">How many transfers it folded.</param>
    /// <param name="took">How long it took.</param>
    public void OnDiffers(ulong folded, TimeSpan took)
    {
        Volatile.Write(ref _differs, 1);
        End("differs", folded, took);
    }

    /// <summary>An audit could not be made.</summary>
    public void OnFailed() => _runs.Add(1, KeyValuePair.Create<string, object?>("result", "failed"));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void End(string result, ulong folded, TimeSpan took)
    {
        _runs.Add(1, KeyValuePair.Create<string, object?>("result", result));
        _transfers.Add((long)folded);
        _duration.Record(took.TotalSeconds);
    }
}
