using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Grains.Money;
using Gaib.Grains.Tests.Cluster;
using Gaib.Silo.Ledger;
using Gaib.Storage.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gaib.Grains.Tests.Money;

/// <summary>An audit of a cluster's book on a clock that the test moves; all that it publishes and logs is kept.</summary>
internal sealed class WatchedAudit : IDisposable, IMeterFactory, ILogger<LedgerAudit>
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _values = new();
    private readonly List<Meter> _meters = [];
    private volatile TaskCompletionSource _ran = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WatchedAudit(GrainCluster cluster)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _values[NameOf(instrument, tags)] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _values[NameOf(instrument, tags)] = (long)value);
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
        var options = new LedgerAuditOptions { Time = Time };
        var network = cluster.Services.GetRequiredService<Network>();
        Instruments = new LedgerInstruments(this, options, network);
        Audit = new LedgerAudit(
            cluster.Grains,
            network,
            cluster.Services.GetRequiredService<BookMoments>(),
            cluster.Services.GetRequiredService<IOptions<JournalOptions>>(),
            options,
            Instruments,
            this);
    }

    public ManualTime Time { get; } = new();

    public LedgerInstruments Instruments { get; }

    public LedgerAudit Audit { get; }

    public ConcurrentQueue<(LogLevel Level, string Text)> Logged { get; } = new();

    /// <summary>
    /// A counter's sum or a gauge's value; 0 where nothing was published. Behind the name stand the book, if it is another than book 0, and
    /// the run's result, where there is one.
    /// </summary>
    public long Value(string name)
    {
        _listener.RecordObservableInstruments();
        return _values.GetValueOrDefault(name);
    }

    /// <summary>Completes when an audit has come to its end from now on.</summary>
    public Task NextRun()
    {
        _ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _ran.Task;
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Logged.Enqueue((logLevel, formatter(state, exception)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
        _listener.Dispose();
        Audit.Dispose();
        Instruments.Dispose();
    }

    private static string NameOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Value}").Where(value => value != BookNames.Of(0)).Prepend(instrument.Name));

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        _values.AddOrUpdate(NameOf(instrument, tags), value, (_, known) => instrument is Counter<long> ? known + value : value);
        if (instrument.Name == "gaib.ledger.audit.runs")
        {
            _ran.TrySetResult();
        }
    }
}
