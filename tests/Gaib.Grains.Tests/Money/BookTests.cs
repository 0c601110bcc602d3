using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Money;

/// <summary>A book that stays exact whatever happens to its activation and its journal.</summary>
public sealed class BookTests
{
    private static readonly AccountId Alice = AccountId.Person(TestNetwork.Key("person0").Address);
    private static readonly AccountId Bob = AccountId.Person(TestNetwork.Key("person1").Address);

    [Fact]
    public async Task Submit_SameRequestAfterDeactivation_GetsTheFirstAnswer()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var request = Pays(await WriterAsync(cluster), 0, 5, 7);
        var first = await cluster.Book.Submit(request);

        await cluster.DeactivateAsync(cluster.Book);
        var again = await cluster.Book.Submit(request);

        Assert.True(first.Applied);
        Assert.False(first.Repeated);
        Assert.True(again.Repeated);
        Assert.Equal(first.Answers, again.Answers);
        Assert.Equal(12, await GainAsync(cluster, Bob));
        Assert.Null(await cluster.Book.Audit());
    }

    [Theory]
    [InlineData("book BeforeWrite", false)]
    [InlineData("book AfterWrite", true)]
    [InlineData("book AfterFlush", true)]
    public async Task Submit_JournalFails_IsUnavailableAndARetryHappensOnce(string point, bool kept)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);
        var sequence = await cluster.Book.GetSequence();
        cluster.Disk.FailNext(point);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => cluster.Book.Submit(Pays(writer, 0, 5, 7)));
        await cluster.GoneAsync(cluster.Book);
        var reply = await cluster.Book.Submit(Pays(writer, 0, 5, 7));
        var third = await cluster.Book.Submit(Pays(writer, 0, 5, 7));

        Assert.Equal(kept, reply.Repeated);
        Assert.True(third.Repeated);
        Assert.Equal(12, await GainAsync(cluster, Bob));
        Assert.Equal(sequence + 2, await cluster.Book.GetSequence());
        Assert.Null(await cluster.Book.Audit());
    }

    [Theory]
    [InlineData("book BeforeWrite")]
    [InlineData("book AfterWrite")]
    [InlineData("book AfterFlush")]
    public async Task Submit_JournalFailsUnderManyCallers_EachRetryHappensOnce(string point)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);
        cluster.Disk.FailNext(point);
        var requests = Enumerable.Range(0, 200).Select(i => Pays(writer, (ulong)i, 1)).ToArray();

        var failed = 0;
        await Task.WhenAll(requests.Select(async request =>
        {
            try
            {
                await cluster.Book.Submit(request);
            }
            catch (JournalUnavailableException)
            {
                Interlocked.Increment(ref failed);
            }
        }));
        var replies = await Task.WhenAll(requests.Select(cluster.Book.Submit));

        Assert.InRange(failed, 1, 200);
        Assert.All(replies, reply => Assert.True(reply.Applied));
        Assert.Equal(200, await GainAsync(cluster, Bob));
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task SubmitMany_TakenRefusedAndRepeated_AreAnsweredEachByItselfWithOneWrite()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (one, other) = (await WriterAsync(cluster), await cluster.Book.OpenWriter(Keccak.HashUtf8("another writer")));
        var earlier = await cluster.Book.Submit(Pays(one, 0, 5));
        var writes = 0;
        cluster.Disk.Watch = point => writes += point == "book BeforeWrite" ? 1 : 0;

        var replies = await cluster.Book.SubmitMany(
        [
            Pays(one, 1, 7), Pays(one, 0, 5), Pays(99, 0, 1), Pays(other, 0, 1UL << 60), Pays(one, 2, 11), Pays(one, 2, 11),
            new BookRequest { WriterName = Keccak.HashUtf8("a third writer"), Transfers = [Pays(0, 0, 13).Transfers[0]] },
        ]);
        cluster.Disk.Watch = null;

        Assert.Equal(
            [Reason.None, Reason.None, Reason.WriterUnknown, Reason.InsufficientFunds, Reason.None, Reason.None, Reason.None],
            replies.Select(reply => reply.Rejection?.Reason ?? Reason.None));
        Assert.Equal([false, true, false, false, false, true, false], replies.Select(reply => reply.Repeated));
        Assert.Equal([1UL, 1UL, 1UL, 1UL, 2UL, 2UL, 3UL], replies.Select(reply => reply.Sequence - earlier.Sequence));
        Assert.Equal(1, writes);
        await cluster.RestartAsync();
        Assert.Equal(36, await GainAsync(cluster, Bob));
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task SubmitMany_OneLacksAPart_IsRefusedAndTheOthersAreTaken()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);

        var replies = await cluster.Book.SubmitMany(
        [
            Pays(writer, 0, 5), Pays(writer, 1, 6) with { Transfers = default }, Pays(writer, 2, 7) with { Notes = [null!] },
            Pays(writer, 3, 8) with { WriterName = Keccak.HashUtf8("nobody"), Collects = default }, Pays(writer, 4, 9),
        ]);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => cluster.Book.SubmitMany([Pays(writer, 5, 10), null!]));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => cluster.Book.SubmitMany(default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => cluster.Book.Submit(null!));
        var opened = await cluster.Book.OpenWriter(Keccak.HashUtf8("another"));
        await cluster.RestartAsync();

        Assert.Equal(
            [Reason.None, Reason.BatchInvalid, Reason.BatchInvalid, Reason.BatchInvalid, Reason.None], replies.Select(reply => reply.Rejection?.Reason ?? Reason.None));
        Assert.Equal(writer + 1, opened);
        Assert.Equal(14, await GainAsync(cluster, Bob));
        Assert.Null(await cluster.Book.Audit());
    }

    /// <summary>Whatever fails in the middle of a request, half of it is in memory then: nothing may come of it.</summary>
    [Fact]
    public async Task Submit_TheBookFailsInItsMiddle_KeepsNothingOfItAndEverythingElse()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);
        Assert.True((await cluster.Book.Submit(Pays(writer, 0, 5))).Applied);
        var book = cluster.BookInMemory();
        book.GetType().GetField("_notes", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.SetValue(book, null);
        var request = Pays(writer, 1, 7) with { Notes = [new Note(Keccak.HashUtf8("stream"), [1])] };

        await Assert.ThrowsAsync<NullReferenceException>(() => cluster.Book.SubmitMany([Pays(writer, 2, 9), request]));
        await cluster.GoneAsync(cluster.Book);
        var reply = await cluster.Book.Submit(request);

        Assert.True(reply is { Applied: true, Repeated: false });
        Assert.Equal(12, await GainAsync(cluster, Bob));
        Assert.True((await cluster.Book.Submit(Pays(writer, 0, 5))).Repeated);
        Assert.False((await cluster.Book.Submit(Pays(writer, 2, 9))).Repeated);
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task Submit_NewSegmentFails_ARetryHappensOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);
        cluster.Disk.FailNext("book BeforeSegment");
        var faults = 0;

        // Two notes of 30 KiB fill a segment of 64 KiB.
        for (var i = 0; i < 5; i++)
        {
            var request = Pays(writer, (ulong)i, 1) with { Notes = [new Note(Keccak.HashUtf8("stream"), [.. new byte[30_000]])] };
            try
            {
                await cluster.Book.Submit(request);
            }
            catch (JournalUnavailableException)
            {
                faults++;
                Assert.True((await cluster.Book.Submit(request)).Applied);
            }
        }

        Assert.Equal(1, faults);
        Assert.Equal(5, await GainAsync(cluster, Bob));
        Assert.Equal(5, (await cluster.Book.ReadNotes(Keccak.HashUtf8("stream"), 0, 100)).Length);
    }

    [Fact]
    public async Task GetBalance_AfterALostWrite_ShowsNothingOfIt()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);
        cluster.Disk.FailNext("book BeforeWrite");

        var submit = cluster.Book.Submit(Pays(writer, 0, 5));
        var read = GainAsync(cluster, Bob);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => submit);
        try
        {
            Assert.Equal(0, await read);
        }
        catch (JournalUnavailableException)
        {
            // The read waited for the write that was lost: it may fail, but it may not show it.
        }

        Assert.Equal(0, await GainAsync(cluster, Bob));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_BeyondASnapshot_IsReplayedFromIt(bool snapshotFails)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);
        cluster.Disk.FailNext(snapshotFails ? "book BeforeSnapshotRename" : "nothing");
        var note = new Note(Keccak.HashUtf8("stream"), [.. new byte[3 << 19]]);
        var snapshots = 0;
        cluster.Disk.Watch = point => snapshots += point == "book BeforeSnapshotRename" ? 1 : 0;

        // A snapshot is due every 24 MiB, which the sixteenth passes.
        for (var i = 0; i < 17; i++)
        {
            var request = Pays(writer, (ulong)i, 1) with { AnsweredThrough = (ulong)i, Notes = [note] };
            Assert.True((await cluster.Book.Submit(request)).Applied);
        }

        await cluster.RestartAsync();

        Assert.Equal(1, snapshots);
        Assert.Equal(17, await GainAsync(cluster, Bob));
        Assert.Equal(17UL, (await cluster.Book.GetLastNote(note.Stream)).Count);
        Assert.True((await cluster.Book.Submit(Pays(writer, 16, 1) with { AnsweredThrough = 16 })).Repeated);
        Assert.Null(await cluster.Book.Audit());
    }

    /// <summary>What says what to do must leave it possible: an activation that fails holds no journal.</summary>
    [Fact]
    public async Task Submit_AfterAnActivationThatFailed_IsTakenOnceTheReasonIsGone()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await WriterAsync(cluster);
        var note = new Note(Keccak.HashUtf8("stream"), [.. new byte[3 << 20]]);
        for (var i = 0; i < 9; i++)
        {
            Assert.True((await cluster.Book.Submit(Pays(writer, (ulong)i, 1) with { AnsweredThrough = (ulong)i, Notes = [note] })).Applied);
        }

        await cluster.DeactivateAsync(cluster.Book);
        var snapshot = Assert.Single(Directory.GetFiles(cluster.JournalFolder, "*.snap"));
        var bytes = await File.ReadAllBytesAsync(snapshot);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(snapshot, bytes);

        for (var i = 0; i < 2; i++)
        {
            var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => cluster.Book.Submit(Pays(writer, 9, 1)));
            Assert.Contains("is damaged at offset", fault.Message, StringComparison.Ordinal);
        }

        File.Delete(snapshot);
        Assert.True((await cluster.Book.Submit(Pays(writer, 9, 1))).Applied);
        Assert.Equal(10, await GainAsync(cluster, Bob));
    }

    private static Task<ulong> WriterAsync(GrainCluster cluster) => cluster.Book.OpenWriter(Keccak.HashUtf8("test writer"));

    private static async Task<Int128> GainAsync(GrainCluster cluster, AccountId account) =>
        (await cluster.Book.GetBalance(account, AssetId.Gaib)).Posted - (1_000 * (Int128)TestNetwork.Unit);

    private static BookRequest Pays(ulong writer, ulong first, params ImmutableArray<ulong> amounts) => new()
    {
        Writer = writer,
        Transfers = [.. amounts.Select((amount, i) => new Transfer
        {
            Id = Transfer.IdOf(writer, first + (ulong)i),
            Debit = Alice,
            Credit = Bob,
            Amount = amount,
            Cause = Keccak.HashUtf8("test"),
        })],
    };
}
