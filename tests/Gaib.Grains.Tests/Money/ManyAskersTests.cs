using System.Diagnostics.Metrics;
using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Gaib.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;

namespace Gaib.Grains.Tests.Money;

/// <summary>A thousand grains of one silo that ask its books at once, each under its own name, over the real journal.</summary>
public sealed class ManyAskersTests
{
    private const int Askers = 1_000;
    private const int Each = 5;

    [Fact]
    public async Task Ask_ThousandGrains_MakesFewCallsAndExactBalances()
    {
        await using var cluster = await GrainCluster.StartAsync();
        cluster.Services.GetRequiredService<IOptions<BookSenderOptions>>().Value.CallsUnderWay = 4;
        using var calls = new CallCount(cluster);

        // A disk that takes its time, however fast the real one is: what comes meanwhile has to wait.
        cluster.Disk.Watch = static point => Thread.Sleep(point == "book BeforeWrite" ? 5 : 0);

        var replies = await Task.WhenAll(Enumerable.Range(0, Askers).Select(asker => AskAllAsync(cluster, asker, once: true)));

        cluster.Disk.Watch = null;
        Assert.All(replies.SelectMany(mine => mine), reply => Assert.True(reply is { Applied: true, Repeated: false }));
        Assert.Equal(Askers * Each, calls.Requests);
        Assert.InRange(calls.Calls, 1, calls.Requests / 5);
        await EverybodyHasItsOwnAsync(cluster, books: 1);
    }

    [Theory]
    [InlineData(1, 1U)]
    [InlineData(2, 1U)]
    [InlineData(3, 3U)]
    public async Task Ask_JournalsFailInTheMiddle_NothingIsLostOrDoubled(int seed, uint books)
    {
        await using var cluster = await GrainCluster.StartAsync(books: books);
        var failed = cluster.Disk.FailAtRandom(seed, oneIn: 9);

        var replies = await Task.WhenAll(Enumerable.Range(0, Askers).Select(asker => AskAllAsync(cluster, asker, once: false)));
        cluster.Disk.Heal();

        Assert.True(failed.Count > 5, $"{failed.Count} faults");
        Assert.All(replies.SelectMany(mine => mine), reply => Assert.True(reply.Applied));
        await EverybodyHasItsOwnAsync(cluster, books);
        await cluster.RestartAsync();
        await EverybodyHasItsOwnAsync(cluster, books);
    }

    [Fact]
    public async Task Pay_WhileTheBookIsBusy_IsRefusedByItsNumberAndLaterTaken()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var from = TestNetwork.Key("person0");
        var pay = cluster.Client.Sign(new Pay(from.Address, TestNetwork.Key("person1").Address, 0, 7, 1, TestNetwork.Deadline), from);
        var account = cluster.Grains.Get<IAccountGrain>(from.Address);

        Rejection told, refused;
        await using (var busy = await BusyBook.MakeAsync(cluster))
        {
            told = busy.Refused[0].Rejection;
            refused = (await account.Pay(pay)).Rejection!;
        }

        var paid = await account.Pay(pay);

        Assert.Equal(new Rejection(Reason.BookBusy, 1, 1, "book-0"), told);
        Assert.Equal(told, refused);
        Assert.True(paid is { Accepted: true, Value.Repeated: false });
    }

    [Fact]
    public async Task Requests_WithinASilo_AreNotCopied()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var copier = cluster.Services.GetRequiredService<DeepCopier>();
        System.Collections.Immutable.ImmutableArray<BookRequest> requests = [Request(0, 0), Request(1, 0)];

        var copied = copier.Copy(requests);

        Assert.Same(requests[0], copied[0]);
        Assert.Same(requests[1], copied[1]);
    }

    private static AccountId Payer(int asker) => AccountId.Person(TestNetwork.Key($"person{asker % 64}").Address);

    private static Hash32 Session(int asker) => Keccak.HashUtf8($"asker {asker}");

    private static AccountId Payee(int asker) => AccountId.Of(AccountKind.Session, Session(asker));

    private static UInt128 Amount(int asker, int number) => (UInt128)((asker * Each) + number + 1);

    /// <summary>Two linked transfers and a note, as a session makes them.</summary>
    private static BookRequest Request(int asker, int number)
    {
        var move = new Transfer { Debit = Payer(asker), Credit = Payee(asker), Amount = Amount(asker, number), Cause = Keccak.HashUtf8("test") };
        return new BookRequest
        {
            WriterName = Keccak.HashUtf8($"asker:{asker}"),
            AnsweredThrough = 2 * (ulong)number,
            Transfers = [move with { Id = 2 * (ulong)number, Flags = TransferFlags.Linked }, move with { Id = (2 * (ulong)number) + 1, Amount = 1 }],
            Notes = [new Note(Session(asker), [(byte)number])],
        };
    }

    private static Task<BookReply> AskAsync(GrainCluster cluster, int asker, int number) =>
        cluster.Grains.GetGrain<IAskingGrain>(asker).Ask(cluster.Network.HomeOf(Payer(asker)), Request(asker, number));

    private static async Task<BookReply[]> AskAllAsync(GrainCluster cluster, int asker, bool once)
    {
        var replies = new BookReply[Each];
        for (var number = 0; number < Each; number++)
        {
            var asked = number;
            replies[number] = once
                ? await AskAsync(cluster, asker, asked)
                : await Repeating.UntilAnsweredAsync(() => AskAsync(cluster, asker, asked));
        }

        return replies;
    }

    /// <summary>Each payee has what its asker told it, each payer is short by just that, and every asker's notes are there once.</summary>
    private static async Task EverybodyHasItsOwnAsync(GrainCluster cluster, uint books)
    {
        for (uint book = 0; book < books; book++)
        {
            await cluster.Grains.GetGrain<IBookGrain>(book).Deliver();
        }

        var told = Enumerable.Range(0, Askers).Select(asker => Enumerable.Range(0, Each).Aggregate(UInt128.Zero, (sum, number) => sum + Amount(asker, number) + 1)).ToArray();
        var sessions = (await cluster.Book.GetBalances(AccountKind.Session, AssetId.Gaib)).ToDictionary(row => row.Key, row => row.Value.Posted);
        Assert.Equal(told.Select(sum => (Int128)sum), Enumerable.Range(0, Askers).Select(asker => sessions[Payee(asker)]));
        for (var person = 0; person < 64; person++)
        {
            var held = await cluster.Grains.GetGrain<IBookGrain>(cluster.Network.HomeOf(Payer(person))).GetBalance(Payer(person), AssetId.Gaib);
            var spent = Enumerable.Range(0, Askers).Where(asker => asker % 64 == person).Aggregate(UInt128.Zero, (sum, asker) => sum + told[asker]);
            Assert.Equal((1_000 * (Int128)TestNetwork.Unit) - (Int128)spent, held.Posted);
        }

        for (uint book = 0; book < books; book++)
        {
            Assert.Null(await cluster.Grains.GetGrain<IBookGrain>(book).Audit());
        }

        var last = Askers - 1;
        var notes = await cluster.Grains.GetGrain<IBookGrain>(cluster.Network.HomeOf(Payer(last))).ReadNotes(Session(last), 0, 100);
        Assert.Equal(Enumerable.Range(0, Each), notes.Select(note => (int)note[0]));
    }

    /// <summary>What the silo's instruments say of calls to books.</summary>
    private sealed class CallCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private int _calls;
        private int _requests;

        public CallCount(GrainCluster cluster)
        {
            var meters = cluster.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "gaib.ledger.queue.requests")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<int>((_, requests, _, _) =>
            {
                Interlocked.Increment(ref _calls);
                Interlocked.Add(ref _requests, requests);
            });
            _listener.Start();
        }

        public int Calls => Volatile.Read(ref _calls);

        public int Requests => Volatile.Read(ref _requests);

        public void Dispose() => _listener.Dispose();
    }
}
