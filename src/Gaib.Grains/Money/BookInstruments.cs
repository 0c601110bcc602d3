using System.Diagnostics.Metrics;
using Gaib.Abstractions.Money;

namespace Gaib.Grains.Money;

/// <summary>What a silo publishes of its ways to the books. Names and units follow OpenTelemetry's conventions.</summary>
public sealed class BookInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gaib.Ledger";

    private readonly UpDownCounter<int> _waiting;
    private readonly Histogram<int> _requests;
    private readonly Counter<int> _refused;

    /// <summary>Makes the instruments.</summary>
    public BookInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _waiting = meter.CreateUpDownCounter<int>("gaib.ledger.queue.waiting", "{transfer}", "Transfers of this silo's grains that wait for a book.");
        _requests = meter.CreateHistogram<int>("gaib.ledger.queue.requests", "{request}", "Requests of this silo's grains that went to a book in one call.");
        _refused = meter.CreateCounter<int>("gaib.ledger.queue.refused", "{request}", "Requests that were not sent because as many waited as may.");
    }

    internal void OnWaiting(in KeyValuePair<string, object?> book, int transfers) => _waiting.Add(transfers, book);

    internal void OnSent(in KeyValuePair<string, object?> book, int requests) => _requests.Record(requests, book);

    internal void OnRefused(in KeyValuePair<string, object?> book) => _refused.Add(1, book);

    internal static KeyValuePair<string, object?> TagOf(long book) => KeyValuePair.Create<string, object?>("book", BookNames.Of(book));
}
