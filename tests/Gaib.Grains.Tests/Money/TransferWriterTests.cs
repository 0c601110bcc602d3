using Gaib.Abstractions.Money;
using Gaib.Client.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Money;

/// <summary>Many callers, few batches, and nothing twice.</summary>
public sealed class TransferWriterTests
{
    private static readonly AccountId[] People = [.. Enumerable.Range(0, 8).Select(i => AccountId.Person(TestNetwork.Key($"person{i}").Address))];

    [Fact]
    public async Task Send_ManyCallers_ShareBatchesAndAllAreAnswered()
    {
        await using var cluster = await GrainCluster.StartAsync();
        await using var writer = await TransferWriter.OpenAsync(cluster.Book);
        var before = await HeldAsync(cluster);
        var sequence = await cluster.Book.GetSequence();
        var submits = 0;
        cluster.Disk.Watch = point => submits += point == "book BeforeWrite" ? 1 : 0;

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            var mine = new List<TransferAnswer>();
            for (var i = 0; i < 50; i++)
            {
                mine.Add(await writer.SendAsync(Move(caller % 8, (caller + i + 1) % 8 == caller % 8 ? (caller + 2) % 8 : (caller + i + 1) % 8, 1)));
            }

            return mine;
        })));

        cluster.Disk.Watch = null;
        Assert.All(answers.SelectMany(mine => mine), answer => Assert.Equal(new TransferAnswer(Reason.None, 1), answer));
        Assert.InRange(submits, 1, 1_600);
        var after = await HeldAsync(cluster);
        Assert.Equal(before.Aggregate((sum, held) => sum + held), after.Aggregate((sum, held) => sum + held));
        Assert.Equal(sequence + 3_200, await cluster.Book.GetSequence());
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task Send_JournalFailsAtRandom_EachTakesEffectOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        await using var writer = await TransferWriter.OpenAsync(cluster.Book, options: new TransferWriterOptions { BatchMax = 7 });
        var before = await HeldAsync(cluster);
        var sequence = await cluster.Book.GetSequence();
        var failed = cluster.Disk.FailAtRandom(seed: 3, oneIn: 9);

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => writer.SendAsync(Move(0, 1, (UInt128)(1 + (i % 3)))))).WaitAsync(TimeSpan.FromSeconds(60));
        cluster.Disk.Heal();

        Assert.True(failed.Count > 5, $"{failed.Count} faults");
        Assert.All(answers, answer => Assert.True(answer.Applied));
        var after = await HeldAsync(cluster);
        Assert.Equal(before[0] - 600, after[0]);
        Assert.Equal(before[1] + 600, after[1]);
        Assert.Equal(sequence + 300, await cluster.Book.GetSequence());
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task Send_AfterTheBookForgotTheWriter_GoesOutUnderAnotherNumber()
    {
        await using var cluster = await GrainCluster.StartAsync();
        await using var writer = await TransferWriter.OpenAsync(cluster.Book);
        var before = await HeldAsync(cluster);
        Assert.True((await writer.SendAsync(Move(0, 1, 5))).Applied);

        // What a day without a transfer does when the next writer comes.
        await cluster.Book.CloseWriter(1UL << 63);
        var answers = await Task.WhenAll(writer.SendAsync(Move(0, 1, 2)), writer.SendAsync(Move(0, 1, 3) with { Cause = Keccak.HashUtf8("cause") }));

        Assert.Equal([new TransferAnswer(Reason.None, 2), new TransferAnswer(Reason.None, 3)], answers);
        Assert.Equal(before[1] + 10, (await HeldAsync(cluster))[1]);
    }

    [Fact]
    public async Task Dispose_OfAWriterWithoutAName_HasTheBookForgetIt()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await TransferWriter.OpenAsync(cluster.Book);
        Assert.True((await writer.SendAsync(Move(0, 1, 5))).Applied);
        await writer.DisposeAsync();

        var late = TransferBatch.Of(1UL << 63, 0, [Move(0, 1, 5) with { Id = Transfer.IdOf(1UL << 63, 1) }]);
        var answer = await cluster.Book.SubmitBatch(late);
        Assert.Equal(Reason.WriterUnknown, answer.Refused?.Reason);
    }

    [Fact]
    public async Task Send_PlainAndOthersInOneBatch_AnswersEachItsOwn()
    {
        await using var cluster = await GrainCluster.StartAsync();
        await using var writer = await TransferWriter.OpenAsync(cluster.Book, options: new TransferWriterOptions { BatchesUnderWay = 1 });
        var before = await HeldAsync(cluster);
        var sequence = await cluster.Book.GetSequence();

        // One batch is under way; the others wait together, plain ones before and behind one with a cause and one that only sets aside.
        var answers = await Task.WhenAll(Enumerable.Range(0, 90).Select(i => writer.SendAsync(Move(0, 1, (UInt128)(1 + i)) with
        {
            Cause = i % 30 == 20 ? Keccak.HashUtf8("cause") : Hash32.Zero,
            Phase = i % 30 == 25 ? TransferPhase.Reserve : TransferPhase.Single,
        })));

        Assert.Equal(Enumerable.Range(0, 90).Select(i => new TransferAnswer(Reason.None, (UInt128)(1 + i))), answers);
        var reserved = 26 + 56 + 86;
        Assert.Equal(before[1] + (90 * 91 / 2) - reserved, (await HeldAsync(cluster))[1]);
        Assert.Equal(sequence + 90, await cluster.Book.GetSequence());
    }

    [Fact]
    public async Task Send_RefusedAndLinked_AnswersEachByItsReason()
    {
        await using var cluster = await GrainCluster.StartAsync();
        await using var writer = await TransferWriter.OpenAsync(cluster.Book);
        var before = await HeldAsync(cluster);

        var chain = await writer.SendAsync(new[]
        {
            Move(0, 1, 5) with { Flags = TransferFlags.Linked },
            Move(1, 2, UInt128.One << 100),
            Move(0, 1, 7),
        });
        var open = Assert.Throws<ArgumentException>(() => { _ = writer.SendAsync(new[] { Move(0, 1, 5) with { Flags = TransferFlags.Linked } }); });
        var later = await writer.SendAsync(Move(0, 0, 1));

        Assert.Equal([Reason.LinkedFailed, Reason.InsufficientFunds, Reason.None], chain.Select(answer => answer.Result));
        Assert.Contains("is linked to a next one that there is not", open.Message, StringComparison.Ordinal);
        Assert.Equal(Reason.SameAccount, later.Result);
        Assert.Equal(before[0] - 7, (await HeldAsync(cluster))[0]);
        Assert.Throws<ArgumentException>(() => { _ = writer.SendAsync(ReadOnlyMemory<Transfer>.Empty); });
    }

    [Fact]
    public async Task Send_BeyondTheQueue_IsRefusedWithTheNumbersAndLaterTaken()
    {
        await using var cluster = await GrainCluster.StartAsync();
        await using var writer = await TransferWriter.OpenAsync(
            cluster.Book, options: new TransferWriterOptions { QueueMax = 10, BatchMax = 1, BatchesUnderWay = 1 });
        using var hold = new ManualResetEventSlim(false);
        var isWriting = new TaskCompletionSource();
        cluster.Disk.Watch = point =>
        {
            if (point == "book BeforeWrite")
            {
                isWriting.TrySetResult();
                hold.Wait(20_000);
            }
        };
        var under = writer.SendAsync(Move(0, 1, 1));
        await isWriting.Task;
        var queued = Enumerable.Range(0, 10).Select(_ => writer.SendAsync(Move(0, 1, 1))).ToArray();

        var full = Assert.Throws<QueueFullException>(() => { _ = writer.SendAsync(new[] { Move(0, 1, 1) }); });
        cluster.Disk.Watch = null;
        hold.Set();
        await Task.WhenAll([under, .. queued]);

        Assert.Equal((10, 10), (full.Waiting, full.Max));
        Assert.True((await writer.SendAsync(Move(0, 1, 1))).Applied);
    }

    [Fact]
    public async Task Dispose_WhileABatchIsUnderWay_SaysThatItIsUnknown()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var writer = await TransferWriter.OpenAsync(cluster.Book);
        using var hold = new ManualResetEventSlim(false);
        cluster.Disk.Watch = point => hold.Wait(point == "book BeforeWrite" ? 20_000 : 0);
        var sent = writer.SendAsync(Move(0, 1, 1));
        var room = new TransferAnswer[1];
        var given = writer.SendAsync(new[] { Move(1, 0, 1) }, room);

        await writer.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sent);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => given);

        // The task has ended: the memory is its caller's again, whatever is answered later.
        var own = room[0] = new TransferAnswer(Reason.Overflow, 77);
        cluster.Disk.Watch = null;
        hold.Set();
        _ = await cluster.Book.GetSequence();
        await Task.Delay(200);
        Assert.Equal(own, room[0]);

        Assert.Throws<ObjectDisposedException>(() => { _ = writer.SendAsync(new[] { Move(0, 1, 1) }); });
    }

    private static Transfer Move(int from, int to, UInt128 amount) => new() { Debit = People[from], Credit = People[to], Amount = amount };

    private static async Task<Int128[]> HeldAsync(GrainCluster cluster)
    {
        var held = new List<Int128>();
        foreach (var person in People)
        {
            held.Add((await cluster.Book.GetBalance(person, AssetId.Gaib)).Posted);
        }

        return [.. held];
    }
}
