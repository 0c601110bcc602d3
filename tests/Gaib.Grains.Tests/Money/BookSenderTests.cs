using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gaib.Grains.Tests.Money;

/// <summary>What stands between grains and books: it makes few calls of many requests, holds nobody up, and says when there are too many.</summary>
public sealed class BookSenderTests : IDisposable
{
    private readonly HeldBook _book = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BookSenderOptions _options = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Submit_NothingUnderWay_IsCalledBeforeItReturns()
    {
        var sender = Sender();

        var replies = new[] { sender.SubmitAsync(0, Marked(1)), sender.SubmitAsync(1, Marked(2)) };

        Assert.Equal(2, _book.Count);
        foreach (ulong mark in (ulong[])[1, 2])
        {
            var call = await _book.NextAsync();
            Assert.Equal([mark], call.Marks);
            call.Answer();
        }

        Assert.Equal([1UL, 2UL], (await Task.WhenAll(replies)).Select(reply => reply.Sequence));
    }

    [Fact]
    public async Task Submit_FewerUnderWayThanMayBe_WaitsForNoneOfThem()
    {
        _options.CallsUnderWay = 3;
        var sender = Sender();
        var replies = new List<Task<BookReply>>();
        var calls = new List<HeldSubmit>();
        for (var i = 0UL; i < 3; i++)
        {
            replies.Add(sender.SubmitAsync(0, Marked(i)));
            calls.Add(await _book.NextAsync());
        }

        replies.Add(sender.SubmitAsync(0, Marked(3)));
        Assert.Equal([0UL, 1UL, 2UL], calls.SelectMany(call => call.Marks));
        calls[1].Answer();
        calls.Add(await _book.NextAsync());

        Assert.Equal([3UL], calls[3].Marks);
        calls.Where((_, i) => i != 1).ToList().ForEach(call => call.Answer());
        Assert.Equal([0UL, 1UL, 2UL, 3UL], (await Task.WhenAll(replies)).Select(reply => reply.Sequence));
    }

    [Fact]
    public async Task Submit_CallsUnderWay_GoTogetherInTheirOrderAndEachHasItsReply()
    {
        _options.CallsUnderWay = 2;
        var sender = Sender();
        var first = sender.SubmitAsync(0, Marked(100));
        var one = await _book.NextAsync();
        var second = sender.SubmitAsync(0, Marked(101));
        var two = await _book.NextAsync();
        var waiting = Enumerable.Range(0, 50).Select(i => sender.SubmitAsync(0, Marked((ulong)i))).ToArray();
        Assert.Equal(0, _book.Count);

        two.Answer();
        var many = await _book.NextAsync();

        Assert.Equal(101UL, (await second).Sequence);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (ulong)i), many.Marks);
        Assert.All(waiting, reply => Assert.False(reply.IsCompleted));
        many.Answer();
        Assert.Equal(many.Marks, (await Task.WhenAll(waiting)).Select(reply => reply.Sequence));
        Assert.False(first.IsCompleted);
        one.Answer();
        Assert.Equal(100UL, (await first).Sequence);
    }

    [Fact]
    public async Task Submit_OneWaitsAlone_GoesOutAsOne()
    {
        _options.CallsUnderWay = 1;
        var sender = Sender();
        var first = sender.SubmitAsync(0, Marked(1));
        var second = sender.SubmitAsync(0, Marked(2));

        (await _book.NextAsync()).Answer();
        var next = await _book.NextAsync();
        next.Answer();
        var third = sender.SubmitAsync(0, Marked(3));
        (await _book.NextAsync()).Answer();

        Assert.Equal([2UL], next.Marks);
        Assert.Equal([1UL, 2UL, 3UL], (await Task.WhenAll(first, second, third)).Select(reply => reply.Sequence));
    }

    [Fact]
    public async Task Submit_MoreThanOneCallTakes_GoesOutInSeveral()
    {
        _options.CallsUnderWay = 1;
        var sender = Sender();
        var large = new Note(Keccak.HashUtf8("stream"), [.. new byte[100 * Transfer.SizeInBytes]]);
        BookRequest[] requests =
        [
            Marked(0), Of(1, 5_000), Of(2, 3_000), Marked(3) with { Notes = [large] }, Of(4, 90), Marked(5), Of(6, 8_190), Marked(7),
            Marked(8) with { Settle = new PoolSettle(AccountId.Treasury, 0, PoolSettle.MembersMax) }, Marked(9),
        ];
        var replies = requests.Select(request => sender.SubmitAsync(0, request)).ToArray();

        var calls = new List<ulong[]>();
        while (calls.Sum(marks => marks.Length) < requests.Length)
        {
            var call = await _book.NextAsync();
            calls.Add(call.Marks);
            call.Answer();
        }

        await Task.WhenAll(replies);
        Assert.Equal([[0], [1, 2, 3, 4], [5], [6], [7], [8], [9]], calls);
    }

    [Fact]
    public async Task Submit_BeyondTheQueue_IsRefusedWithTheNumbersAndLaterTaken()
    {
        (_options.CallsUnderWay, _options.QueueMax) = (1, 10);
        var sender = Sender();
        var first = sender.SubmitAsync(3, Marked(0));
        var call = await _book.NextAsync();
        var waiting = new[] { sender.SubmitAsync(3, Of(1, 4)), sender.SubmitAsync(3, Of(2, 4)), sender.SubmitAsync(3, Marked(3)) };

        var busy = Assert.Throws<BookBusyException>(() => { _ = sender.SubmitAsync(3, Of(4, 2)); });
        var fits = sender.SubmitAsync(3, Marked(5));
        Assert.Throws<BookBusyException>(() => { _ = sender.SubmitAsync(3, Marked(6)); });
        var elsewhere = sender.SubmitAsync(4, Marked(7));

        Assert.Equal(new Rejection(Reason.BookBusy, 10, 9, "book-3"), busy.Rejection);
        Assert.Equal(
            "120 BookBusy [book-3] (limit 10, actual 9): as many transfers wait for the book as may. Nothing was changed by this one. Send it again.",
            busy.Message);
        var other = await _book.NextAsync();
        Assert.Equal((4L, 7UL), (other.Book, other.Marks[0]));
        other.Answer();
        call.Answer();
        var many = await _book.NextAsync();
        Assert.Equal([1UL, 2UL, 3UL, 5UL], many.Marks);
        var again = sender.SubmitAsync(3, Of(4, 2));
        many.Answer();
        (await _book.NextAsync()).Answer();
        Assert.Equal([0UL, 1UL, 2UL, 3UL, 5UL, 7UL, 4UL], (await Task.WhenAll([first, .. waiting, fits, elsewhere, again])).Select(reply => reply.Sequence));
    }

    [Fact]
    public async Task Submit_LargerThanTheQueue_WaitsWhereNothingElseDoes()
    {
        (_options.CallsUnderWay, _options.QueueMax) = (1, 10);
        var sender = Sender();
        var first = sender.SubmitAsync(0, Marked(0));
        var large = sender.SubmitAsync(0, Of(1, 500));

        Assert.Throws<BookBusyException>(() => { _ = sender.SubmitAsync(0, Marked(2)); });
        (await _book.NextAsync()).Answer();
        (await _book.NextAsync()).Answer();

        Assert.Equal([0UL, 1UL], (await Task.WhenAll(first, large)).Select(reply => reply.Sequence));
    }

    [Fact]
    public async Task Submit_ACallFails_FailsThoseOfThisCallAndNoOthers()
    {
        _options.CallsUnderWay = 1;
        var sender = Sender();
        var before = sender.SubmitAsync(0, Marked(0));
        var call = await _book.NextAsync();
        var failing = Enumerable.Range(1, 5).Select(i => sender.SubmitAsync(0, Marked((ulong)i))).ToArray();
        call.Answer();
        var failed = await _book.NextAsync();
        var after = Enumerable.Range(6, 5).Select(i => sender.SubmitAsync(0, Marked((ulong)i))).ToArray();

        failed.Fail(new JournalUnavailableException("as the test says"));
        var next = await _book.NextAsync();
        next.Answer();

        Assert.Equal(0UL, (await before).Sequence);
        foreach (var reply in failing)
        {
            Assert.Equal("as the test says", (await Assert.ThrowsAsync<JournalUnavailableException>(() => reply)).Message);
        }

        Assert.Equal([6UL, 7UL, 8UL, 9UL, 10UL], next.Marks);
        Assert.Equal(next.Marks, (await Task.WhenAll(after)).Select(reply => reply.Sequence));
    }

    [Fact]
    public async Task Submit_TheFirstCallFails_FailsItsCallerAndTheOthersGoOn()
    {
        _options.CallsUnderWay = 1;
        var sender = Sender();
        var first = sender.SubmitAsync(0, Marked(0));
        var second = sender.SubmitAsync(0, Marked(1));
        (await _book.NextAsync()).Fail(new TimeoutException());
        (await _book.NextAsync()).Answer();

        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.Equal(1UL, (await second).Sequence);

        // A call that does not even begin ends like any other.
        _book.Fault = new InvalidOperationException();
        await Assert.ThrowsAsync<InvalidOperationException>(() => sender.SubmitAsync(0, Marked(2)));
        _book.Fault = null;
        var last = sender.SubmitAsync(0, Marked(3));
        (await _book.NextAsync()).Answer();
        Assert.Equal(3UL, (await last).Sequence);
    }

    [Fact]
    public async Task Submit_MalformedRequest_FailsItsCallerAlone()
    {
        _options.CallsUnderWay = 1;
        var sender = Sender();
        var first = sender.SubmitAsync(0, Marked(0));
        var call = await _book.NextAsync();
        var second = sender.SubmitAsync(0, Marked(1));

        Assert.ThrowsAny<Exception>(() => { _ = sender.SubmitAsync(0, Marked(2) with { Transfers = default }); });
        call.Answer();
        var next = await _book.NextAsync();
        next.Answer();

        Assert.Equal([1UL], next.Marks);
        Assert.Equal([0UL, 1UL], (await Task.WhenAll(first, second)).Select(reply => reply.Sequence));
    }

    [Fact]
    public async Task Submit_ForMany_CarriesNobodysContext()
    {
        _options.CallsUnderWay = 1;
        var sender = Sender();
        RequestContext.Set("caller", "first");
        var replies = Enumerable.Range(0, 3).Select(i => sender.SubmitAsync(0, Marked((ulong)i))).ToArray();
        var (one, many) = (await _book.NextAsync(), _book.NextAsync());
        one.Answer();

        Assert.Equal("first", one.Caller);
        Assert.Null((await many).Caller);
        (await many).Answer();
        await Task.WhenAll(replies);
    }

    [Fact]
    public async Task Submit_ManyThreads_EveryRequestHasItsReplyOnce()
    {
        const int Callers = 64, Each = 200;
        var sender = Sender();
        var sizes = new List<int>();
        var answering = Task.Run(async () =>
        {
            while (sizes.Sum() < Callers * Each)
            {
                var call = await _book.NextAsync();
                sizes.Add(call.Requests.Length);
                call.Answer();
            }
        });

        var replies = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var mine = new List<ulong>();
            for (var i = 0; i < Each; i++)
            {
                mine.Add((await sender.SubmitAsync(0, Marked((ulong)((caller * Each) + i)))).Sequence);
            }

            return mine;
        })));
        await answering;

        Assert.Equal(Enumerable.Range(0, Callers * Each).Select(i => (ulong)i), replies.SelectMany(mine => mine));
        Assert.Equal(Callers * Each, sizes.Sum());
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public async Task Instruments_QueueAndCalls_AreCounted()
    {
        (_options.CallsUnderWay, _options.QueueMax) = (1, 6);
        var seen = new List<(string, long, object?)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen.Add((instrument.Name, value, tags[0].Value)));
        listener.Start();
        var sender = Sender();
        var replies = new[] { sender.SubmitAsync(2, Marked(0)), sender.SubmitAsync(2, Of(1, 4)), sender.SubmitAsync(2, Of(2, 2)) };
        Assert.Throws<BookBusyException>(() => { _ = sender.SubmitAsync(2, Marked(3)); });

        (await _book.NextAsync()).Answer();
        (await _book.NextAsync()).Answer();
        await Task.WhenAll(replies);

        Assert.Equal(
            [
                ("gaib.ledger.queue.requests", 1L, "book-2"), ("gaib.ledger.queue.waiting", 4L, "book-2"), ("gaib.ledger.queue.waiting", 2L, "book-2"),
                ("gaib.ledger.queue.refused", 1L, "book-2"), ("gaib.ledger.queue.waiting", -6L, "book-2"), ("gaib.ledger.queue.requests", 2L, "book-2"),
            ],
            seen);
    }

    [Fact]
    public void Options_BelowOne_AreRefusedByName()
    {
        Assert.Equal(nameof(BookSenderOptions.QueueMax), Assert.Throws<ArgumentOutOfRangeException>(() => _options.QueueMax = 0).ParamName);
        Assert.Equal(nameof(BookSenderOptions.CallsUnderWay), Assert.Throws<ArgumentOutOfRangeException>(() => _options.CallsUnderWay = -1).ParamName);
        Assert.Equal((65_536, 64), (_options.QueueMax, _options.CallsUnderWay));
    }

    private static BookRequest Marked(ulong mark) => new() { AnsweredThrough = mark };

    private static BookRequest Of(ulong mark, int transfers) => Marked(mark) with { Transfers = [.. new Transfer[transfers]] };

    private BookSender Sender() =>
        new(_book.Grains, Options.Create(_options), new BookInstruments(_services.GetRequiredService<IMeterFactory>()));
}
