using System.Diagnostics.Metrics;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;

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
    private readonly OfBook[] _books;

    /// <summary>Makes the instruments of all books.</summary>
    public LedgerInstruments(IMeterFactory meters, LedgerAuditOptions options, Network network)
    {
        (_meter, _time) = (meters.Create(MeterName), options.Time);
        _books = [.. Enumerable.Range(0, (int)network.Books).Select(book => new OfBook(BookNames.Of(book)) { LastEqual = _time.GetTimestamp() })];
        _runs = _meter.CreateCounter<long>("gaib.ledger.audit.runs", "{run}", "Audits that came to their end, by result: equal, differs, failed.");
        _transfers = _meter.CreateCounter<long>("gaib.ledger.audit.transfers", "{transfer}", "Transfers that audits have folded again.");
        _duration = _meter.CreateHistogram<double>("gaib.ledger.audit.duration", "s", "How long audits took.");
        _meter.CreateObservableGauge("gaib.ledger.audit.differs", () => _books.Select(book => book.Of(Volatile.Read(ref book.Differs))), null, "1 once an audit found a difference, until the node is started anew; else 0.");
        _meter.CreateObservableGauge("gaib.ledger.audit.age", () => _books.Where(book => !Volatile.Read(ref book.IsElsewhere)).Select(book => book.Of(_time.GetElapsedTime(Volatile.Read(ref book.LastEqual)).TotalSeconds)), "s", "Time since the last audit that found all equal, or since the start.");
        _meter.CreateObservableGauge("gaib.ledger.audit.sequence", () => _books.Select(book => book.Of(Volatile.Read(ref book.Sequence))), "{transfer}", "The transfer up to which the book was found equal to its journal.");
    }

    /// <summary>True once a difference was found in any book.</summary>
    public bool Differs => Array.Exists(_books, book => Volatile.Read(ref book.Differs) == 1);

    /// <summary>An audit found all equal.</summary>
    /// <param name="book">The book's number.</param>
    /// <param name="sequence">Up to which transfer.</param>
    /// <param name="folded">How many transfers it folded.</param>
    /// <param name="took">How long it took.</param>
    public void OnEqual(uint book, ulong sequence, ulong folded, TimeSpan took)
    {
        Volatile.Write(ref _books[book].LastEqual, _time.GetTimestamp());
        Volatile.Write(ref _books[book].Sequence, (long)sequence);
        End(_books[book], "equal", folded, took);
    }

    /// <summary>An audit found a difference.</summary>
    /// <param name="book">The book's number.</param>
    /// <param name="folded">How many transfers it folded.</param>
    /// <param name="took">How long it took.</param>
    public void OnDiffers(uint book, ulong folded, TimeSpan took)
    {
        Volatile.Write(ref _books[book].Differs, 1);
        End(_books[book], "differs", folded, took);
    }

    /// <summary>An audit could not be made.</summary>
    /// <param name="book">The book's number.</param>
    public void OnFailed(uint book)
    {
        Volatile.Write(ref _books[book].IsElsewhere, false);
        _runs.Add(1, _books[book].Tag, KeyValuePair.Create<string, object?>("result", "failed"));
    }

    /// <summary>Another silo hosts the book, and audits it: how long ago nobody here knows.</summary>
    /// <param name="book">The book's number.</param>
    public void OnElsewhere(uint book) => Volatile.Write(ref _books[book].IsElsewhere, true);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void End(OfBook book, string result, ulong folded, TimeSpan took)
    {
        Volatile.Write(ref book.IsElsewhere, false);
        _runs.Add(1, book.Tag, KeyValuePair.Create<string, object?>("result", result));
        _transfers.Add((long)folded, book.Tag);
        _duration.Record(took.TotalSeconds, book.Tag);
    }

    private sealed class OfBook(string name)
    {
        public long LastEqual;
        public long Sequence;
        public int Differs;
        public bool IsElsewhere;

        public KeyValuePair<string, object?> Tag { get; } = KeyValuePair.Create<string, object?>("book", name);

        public Measurement<T> Of<T>(T value)
            where T : struct => new(value, Tag);
    }
}
