using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;
using Gaib.Silo.Ledger;
using Gaib.Storage.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gaib.Grains.Tests.Money;

/// <summary>The living book is compared with its journal while the node runs.</summary>
public sealed class LedgerAuditTests
{
    private static readonly AccountId One = AccountId.Person(TestNetwork.Key("person1").Address);
    private static readonly AccountId Two = AccountId.Person(TestNetwork.Key("person2").Address);

    [Fact]
    public async Task RunOnce_OfABookThatNobodyTouched_IsEqualUpToItsLastTransfer()
    {
        await using var cluster = await GrainCluster.StartAsync();
        using var watched = new WatchedAudit(cluster);
        await SendAsync(cluster, "audit", batches: 3, size: 100);

        var report = await watched.Audit.RunOnceAsync();

        Assert.Empty(report.Differences);
        Assert.Equal([LedgerAudit.LivingBook], report.Compared);
        Assert.Equal(await cluster.Book.GetSequence(), report.Transfers);
        Assert.Equal((0, (long)report.Transfers), (watched.Value("gaib.ledger.audit.differs"), watched.Value("gaib.ledger.audit.sequence")));
        Assert.Equal(1, watched.Value("gaib.ledger.audit.runs equal"));
        Assert.Empty(watched.Logged);
    }

    [Fact]
    public async Task RunOnce_OfSeveralBooks_LooksAtEachAndSaysWhich()
    {
        await using var cluster = await GrainCluster.StartAsync(books: 3);
        using var watched = new WatchedAudit(cluster);
        await SendAsync(cluster, "audit", batches: 3, size: 100);
        for (var book = 0U; book < 3; book++)
        {
            var report = await watched.Audit.RunOnceAsync(book);
            Assert.Empty(report.Differences);
            Assert.Equal(BookNames.Of(book), report.Book);
            Assert.Equal(await cluster.Grains.GetGrain<IBookGrain>(book).GetSequence(), report.Transfers);
        }

        Assert.Equal(
            [1, 1, 1, 0],
            new[] { "", " book-1", " book-2", " book-3" }.Select(book => watched.Value($"gaib.ledger.audit.runs{book} equal")));
        Assert.Empty(watched.Logged);
    }

    [Fact]
    public async Task RunOnce_AfterASnapshotWasFoundRight_FoldsWhatCameSinceAndNothingElse()
    {
        await using var cluster = await GrainCluster.StartAsync();
        using var watched = new WatchedAudit(cluster);

        // 27 MB of rows, 56 bytes each, of which the snapshot covers 24 MiB.
        await SendAsync(cluster, "audit", batches: 60, size: BookRequest.TransfersMax);
        var folder = Path.Combine(cluster.Services.GetRequiredService<IOptions<JournalOptions>>().Value.Directory, BookNames.Of(0));
        while (Directory.GetFiles(folder, "*.snap").Length == 0)
        {
            await Task.Yield();
        }

        var whole = await watched.Audit.RunOnceAsync();
        var folded = watched.Value("gaib.ledger.audit.transfers");
        await SendAsync(cluster, "more", batches: 1, size: 5);
        var since = await watched.Audit.RunOnceAsync();

        Assert.Empty(whole.Differences);
        Assert.Equal([Path.GetFileName(Directory.GetFiles(folder, "*.snap").Single()), LedgerAudit.LivingBook], whole.Compared);
        Assert.Equal((ulong)folded, whole.Transfers);
        Assert.Empty(since.Differences);
        Assert.Equal([LedgerAudit.LivingBook], since.Compared);
        Assert.Equal(whole.Transfers + 5, since.Transfers);
        Assert.InRange(watched.Value("gaib.ledger.audit.transfers") - folded, 5, (long)whole.Transfers / 4);
        Assert.Equal(2, since.Accounts);
        Assert.True(whole.Accounts > 50);
    }

    [Fact]
    public async Task RunOnce_AMemoryThatNoRowExplains_IsCriticalAndStaysSo()
    {
        await using var cluster = await GrainCluster.StartAsync();
        using var watched = new WatchedAudit(cluster);
        await watched.Audit.RunOnceAsync();
        var writer = await cluster.Book.OpenWriter(Keccak.HashUtf8("genesis"));
        var before = await cluster.Book.GetBalance(Two, AssetId.Gaib);
        cluster.BookInMemory().Apply(
            new BookRequest { Writer = writer, Transfers = [new Transfer { Id = Transfer.IdOf(writer, 9_999), Debit = One, Credit = Two, Amount = 5 }] },
            cluster.Clock.Now,
            new BookRows());

        var report = await watched.Audit.RunOnceAsync();

        var wrong = Assert.Single(report.Differences, difference => difference.Fault.Subject == Two.ToString() && difference.Fault.What == "the balance");
        Assert.Equal((LedgerAudit.LivingBook, "GAIB"), (wrong.Where, wrong.Fault.Asset));
        Assert.Equal(((System.Numerics.BigInteger)before.Posted, (System.Numerics.BigInteger)before.Posted + 5), (wrong.Fault.Expected, wrong.Fault.Found));
        Assert.Equal(report.Differences.Count, watched.Logged.Count);
        Assert.All(watched.Logged, line => Assert.Equal(LogLevel.Critical, line.Level));
        Assert.Contains(watched.Logged, line => line.Text == $"book-0 differs from its journal: {wrong}");
        Assert.Equal(1, watched.Value("gaib.ledger.audit.differs"));
        Assert.True(watched.Instruments.Differs);

        // The node goes on, and the gauge stays.
        await SendAsync(cluster, "after", batches: 1, size: 2);
        Assert.False((await watched.Audit.RunOnceAsync()).IsEqual);
        Assert.Equal(1, watched.Value("gaib.ledger.audit.differs"));
        Assert.Equal((1, 2), (watched.Value("gaib.ledger.audit.runs equal"), watched.Value("gaib.ledger.audit.runs differs")));
    }

    [Fact]
    public async Task Service_EachInterval_AuditsOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        using var watched = new WatchedAudit(cluster);
        await watched.Audit.StartAsync(TestContext.Current.CancellationToken);
        await watched.Time.TimerMade.WaitAsync(DiskFaults.Patience);
        for (var run = 1; run <= 3; run++)
        {
            watched.Time.Advance(TimeSpan.FromMinutes(9));
            Assert.Equal(run - 1, watched.Value("gaib.ledger.audit.runs equal"));
            var ran = watched.NextRun();
            watched.Time.Advance(TimeSpan.FromMinutes(1));
            await ran.WaitAsync(DiskFaults.Patience);
            Assert.Equal(run, watched.Value("gaib.ledger.audit.runs equal"));
            Assert.Equal(0, watched.Value("gaib.ledger.audit.age"));
        }

        watched.Time.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(420, watched.Value("gaib.ledger.audit.age"));
        await watched.Audit.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Service_AJournalThatCannotBeRead_IsTriedAgain()
    {
        await using var cluster = await GrainCluster.StartAsync();
        using var watched = new WatchedAudit(cluster);
        await watched.Audit.StartAsync(TestContext.Current.CancellationToken);
        await watched.Time.TimerMade.WaitAsync(DiskFaults.Patience);
        var folder = Path.Combine(cluster.Services.GetRequiredService<IOptions<JournalOptions>>().Value.Directory, BookNames.Of(0));
        await File.WriteAllTextAsync(Path.Combine(folder, "snapshot-0000000000000001-0000000001.snap"), "not a snapshot", TestContext.Current.CancellationToken);
        await RunAsync();
        File.Delete(Path.Combine(folder, "snapshot-0000000000000001-0000000001.snap"));
        await RunAsync();
        await watched.Audit.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, 1, 0), (watched.Value("gaib.ledger.audit.runs failed"), watched.Value("gaib.ledger.audit.runs equal"), watched.Value("gaib.ledger.audit.differs")));
        Assert.Equal(LogLevel.Error, Assert.Single(watched.Logged).Level);

        async Task RunAsync()
        {
            var ran = watched.NextRun();
            watched.Time.Advance(TimeSpan.FromMinutes(10));
            await ran.WaitAsync(DiskFaults.Patience);
        }
    }

    private static async Task SendAsync(GrainCluster cluster, string name, int batches, int size)
    {
        var writer = await cluster.Book.OpenWriter(Keccak.HashUtf8(name));
        for (var batch = 0; batch < batches; batch++)
        {
            var first = (ulong)(batch * size);
            var transfers = Enumerable.Range(0, size).Select(i => new Transfer
            {
                Id = Transfer.IdOf(writer, first + (ulong)i), Debit = i % 2 == 0 ? One : Two, Credit = i % 2 == 0 ? Two : One, Amount = 1 + (UInt128)(i % 3),
            }).ToArray();
            var answer = await cluster.Book.SubmitBatch(TransferBatch.Of(writer, first, transfers));
            Assert.Null(answer.Refused);
        }
    }
}
