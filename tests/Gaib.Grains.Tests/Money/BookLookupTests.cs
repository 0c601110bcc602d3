using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Money;

/// <summary>Transfers found again, over segments that are full, put aside, and still written to.</summary>
public sealed class BookLookupTests
{
    private const int Count = 4_000;

    private static readonly AccountId[] People = [.. Enumerable.Range(0, 8).Select(i => AccountId.Person(TestNetwork.Key($"person{i}").Address))];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindTransferAndStatement_OverManySegments_AreWhatWasAnswered(bool canKeepIndexes)
    {
        await using var cluster = await GrainCluster.StartAsync();
        if (!canKeepIndexes)
        {
            await File.WriteAllBytesAsync(Path.Combine(cluster.JournalFolder, "index"), []);
        }

        var (writer, first) = (await cluster.Book.OpenWriter(Keccak.HashUtf8("lookups")), await cluster.Book.GetSequence());
        var sent = Enumerable.Range(0, Count).Select(i => new Transfer
        {
            Id = Transfer.IdOf(writer, (ulong)i),
            Debit = People[i % 8],
            Credit = People[(i + 1 + (i % 3)) % 8],
            Amount = i % 100 == 7 ? UInt128.One << 90 : (UInt128)(1 + (i % 5)),
        }).ToArray();
        foreach (var batch in sent.Chunk(250))
        {
            var at = batch[0].Sequence;
            await cluster.Book.Submit(new BookRequest { Writer = writer, AnsweredThrough = at, Transfers = [.. batch] });
        }

        await CheckAsync(cluster, sent, first);
        await cluster.DeactivateAsync(cluster.Book);
        await CheckAsync(cluster, sent, first);
        Assert.Null(await cluster.Book.FindTransfer(Transfer.IdOf(writer, Count)));
    }

    private static async Task CheckAsync(GrainCluster cluster, Transfer[] sent, ulong first)
    {
        // The place of each among the applied ones, as a caller would count them.
        var expected = new List<LedgerEntry>();
        foreach (var transfer in sent)
        {
            var refused = transfer.Amount > 5;
            first += refused ? 0UL : 1;
            expected.Add(new LedgerEntry(first, TestNetwork.Start, transfer with { Result = refused ? Reason.InsufficientFunds : Reason.None }));
        }

        foreach (var i in new[] { 0, 7, 1_000, 2_507, Count - 1 })
        {
            Assert.Equal(expected[i] with { At = 0 }, (await cluster.Book.FindTransfer(sent[i].Id))!.Value with { At = 0 });
        }

        var own = expected.Where(e => e.Transfer.Result == Reason.None && (e.Transfer.Debit == People[3] || e.Transfer.Credit == People[3])).ToArray();
        var newest = await cluster.Book.GetStatement(new StatementRange(People[3], From: expected[0].Sequence, Max: 1_000));
        var oldest = await cluster.Book.GetStatement(new StatementRange(People[3], From: own[10].Sequence, To: own[200].Sequence, OldestFirst: true, Max: 50));
        Assert.Equal(own.Reverse().Take(1_000).Select(e => e.Sequence), newest.Select(e => e.Sequence));
        Assert.Equal(own[10..60].Select(e => e with { At = 0 }), oldest.Select(e => e with { At = 0 }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => cluster.Book.GetStatement(new StatementRange(People[3], Max: 1_001)));
    }
}
