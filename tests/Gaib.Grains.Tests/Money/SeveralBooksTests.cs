using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Evm;
using Gaib.Grains.Money;
using Gaib.Grains.Tests.Cluster;
using Gaib.Storage.Backup;
using Microsoft.Extensions.DependencyInjection;

namespace Gaib.Grains.Tests.Money;

/// <summary>People over several books of one cluster: nobody notices, and nothing is lost between the books.</summary>
public sealed class SeveralBooksTests
{
    private const uint Books = 3;

    private static readonly PrivateKey[] People = [.. Enumerable.Range(0, 12).Select(i => TestNetwork.Key($"person{i}"))];

    [Fact]
    public async Task Pay_ToSomebodyOfAnyBook_IsThereWhenItIsAnswered()
    {
        await using var cluster = await GrainCluster.StartAsync(books: Books);
        Assert.Equal([0U, 1U, 2U], People.Select(person => HomeOf(cluster, person)).Distinct().Order().ToArray());
        var before = await HeldAsync(cluster);

        for (var i = 0; i < People.Length; i++)
        {
            var to = People[(i + 1) % People.Length];
            Economy.Must(await PayAsync(cluster, Signed(cluster, i, to, (UInt128)(i + 1), 1)));
            Assert.Equal(before[(i + 1) % People.Length] + i + 1 - (i + 1 == People.Length ? 1 : 0), await HeldByAsync(cluster, to));
        }

        var crossed = Enumerable.Range(0, People.Length).Count(i => HomeOf(cluster, People[i]) != HomeOf(cluster, People[(i + 1) % People.Length]));
        Assert.InRange(crossed, 4, 12);
        await NothingIsLostAsync(cluster, before.Aggregate((sum, held) => sum + held));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Pay_JournalsFailAtRandomAndTheSiloRestarts_EachHappensOnce(int seed)
    {
        await using var cluster = await GrainCluster.StartAsync(books: Books);
        var (random, before) = (new Random(seed), await HeldAsync(cluster));
        var expected = before.ToArray();
        var (failed, faults) = (cluster.Disk.FailAtRandom(seed, oneIn: 12), 0);
        for (ulong nonce = 1; nonce <= 120; nonce++)
        {
            var (from, to, amount) = (random.Next(People.Length), random.Next(People.Length), random.Next(1, 1_000));
            if (from == to)
            {
                continue;
            }

            await UntilAnsweredAsync(() => PayAsync(cluster, Signed(cluster, from, People[to], (UInt128)amount, nonce)));
            (expected[from], expected[to]) = (expected[from] - amount, expected[to] + amount);
            if (nonce % 40 == 0)
            {
                cluster.Disk.Heal();
                faults += failed.Count;
                await cluster.RestartAsync();
                failed = cluster.Disk.FailAtRandom(seed + (int)nonce, oneIn: 12);
            }
        }

        cluster.Disk.Heal();
        Assert.True(faults > 20, $"{faults} faults");
        await UntilAnsweredAsync(async () => { await DeliverAllAsync(cluster); return new Outcome<BookReply>(); }, isChecked: false);
        Assert.Equal(expected, await HeldAsync(cluster));
        await NothingIsLostAsync(cluster, before.Aggregate((sum, held) => sum + held));
    }

    /// <summary>What one book can't credit, or whoever can't be reached, is no affair of a third.</summary>
    [Fact]
    public async Task Transfer_BesideOneThatAnotherBookCannotCredit_IsThereAllTheSame()
    {
        await using var cluster = await GrainCluster.StartAsync(books: Books);
        var (from, to) = (People.First(person => HomeOf(cluster, person) == 1), People.First(person => HomeOf(cluster, person) == 2));
        var (book, before) = (BookAt(cluster, 1), await HeldByAsync(cluster, to));
        var writer = await book.OpenWriter(Keccak.HashUtf8("test"));
        Transfer Move(ulong sequence, AccountId credit) =>
            new() { Id = Transfer.IdOf(writer, sequence), Debit = AccountId.Person(from.Address), Credit = credit, Amount = 5 };

        Assert.True((await book.Submit(new BookRequest { Writer = writer, Transfers = [Move(0, AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("no model")))] })).Applied);
        await Assert.ThrowsAsync<JournalUnavailableException>(book.Deliver);
        Assert.True((await book.Submit(new BookRequest { Writer = writer, Transfers = [Move(1, AccountId.Person(to.Address))] })).Applied);
        await Assert.ThrowsAsync<JournalUnavailableException>(book.Deliver);

        Assert.Equal(before + 5, await HeldByAsync(cluster, to));
    }

    /// <summary>While a backup finds the ends of all journals, one after the other, nothing passes between books; after it all is there.</summary>
    [Fact]
    public async Task Transfer_WhileABackupTakesItsMoment_ArrivesAfterIt()
    {
        await using var cluster = await GrainCluster.StartAsync(books: Books);
        var (from, to) = (People.First(person => HomeOf(cluster, person) == 1), People.First(person => HomeOf(cluster, person) == 2));
        var (book, before) = (BookAt(cluster, 1), await HeldByAsync(cluster, to));
        var writer = await book.OpenWriter(Keccak.HashUtf8("test"));
        var pay = new Transfer { Id = Transfer.IdOf(writer, 0), Debit = AccountId.Person(from.Address), Credit = AccountId.Person(to.Address), Amount = 5 };
        Task delivered;
        using (cluster.Services.GetRequiredService<BookMoments>().HoldArrivals())
        {
            Assert.True((await book.Submit(new BookRequest { Writer = writer, Transfers = [pay] })).Applied);
            delivered = book.Deliver();
            await Task.Delay(300);
            Assert.False(delivered.IsCompleted);
            Assert.Equal(before, await HeldByAsync(cluster, to));
        }

        await delivered;
        Assert.Equal(before + 5, await HeldByAsync(cluster, to));
    }

    [Fact]
    public async Task Backup_OfTheComposition_HoldsArrivalsWhileItFindsTheEnds()
    {
        await using var cluster = await GrainCluster.StartAsync(books: Books);
        var (moments, source) = (cluster.Services.GetRequiredService<BookMoments>(), cluster.Services.GetRequiredService<BackupSource>());
        var target = Path.Combine(Path.GetTempPath(), "gaib-tests", Guid.NewGuid().ToString("N"));
        var held = false;
        await File.WriteAllTextAsync(Path.Combine(source.Directory, "network"), cluster.Network.Id.ToString());

        await Task.Run(() => (source with { AtTheMoment = () => held = !moments.WhenArrivalsPass().IsCompleted }).Take(target, 1, "test"));
        Directory.Delete(target, recursive: true);

        Assert.True(held);
        Assert.True(moments.WhenArrivalsPass().IsCompleted);
    }

    [Fact]
    public async Task Economy_OverThreeBooks_LeavesEverybodyWhatOneBookLeaves()
    {
        var (one, _) = await OutcomeAsync(1);
        var (three, crossed) = await OutcomeAsync(Books);

        Assert.Equal(one, three);
        Assert.True(crossed > TestNetwork.Unit, $"{crossed} base units came from other books");
    }

    private static async Task<(string[] Held, UInt128 Crossed)> OutcomeAsync(uint books)
    {
        await using var cluster = await GrainCluster.StartAsync(books: books);
        var economy = new Economy(cluster);
        await EconomyScript.RunAsync(economy);
        await DeliverAllAsync(cluster);
        var held = new List<string>();
        foreach (var allocation in cluster.Network.Genesis.Allocations)
        {
            var account = cluster.Grains.Get<IAccountGrain>(allocation.Account);
            var (gaib, shares) = (await account.GetBalance(AssetId.Gaib), await account.GetBalance(economy.Shares));
            held.Add($"{allocation.Account} {gaib.Posted} {shares.Posted}");
        }

        var arrived = UInt128.Zero;
        for (uint to = 0; to < books; to++)
        {
            Assert.Null(await BookAt(cluster, to).Audit());
            for (uint from = 0; from < books; from++)
            {
                arrived += await BookAt(cluster, to).GetArrivedFrom(from);
            }
        }

        return ([.. held], arrived);
    }

    /// <summary>Sends the same again until there is an answer: a fault says nothing about what happened.</summary>
    private static async Task UntilAnsweredAsync(Func<Task<Outcome<BookReply>>> send, bool isChecked = true)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var answer = await send();
                Assert.True(!isChecked || answer.Accepted, $"{answer.Rejection}");
                return;
            }
            catch (Exception) when (tries < 200)
            {
                // Unknown: the same command again.
            }
        }
    }

    private static async Task NothingIsLostAsync(GrainCluster cluster, Int128 sum)
    {
        await DeliverAllAsync(cluster);
        Assert.Equal(sum, (await HeldAsync(cluster)).Aggregate((all, held) => all + held));
        for (uint from = 0; from < Books; from++)
        {
            Assert.Null(await BookAt(cluster, from).Audit());
            for (uint to = 0; to < Books; to++)
            {
                var sent = await BookAt(cluster, from).GetBalance(AccountId.DueTo(to), AssetId.Gaib);
                Assert.Equal(sent.CreditsPosted, await BookAt(cluster, to).GetArrivedFrom(from));
            }
        }
    }

    private static async Task DeliverAllAsync(GrainCluster cluster)
    {
        for (uint book = 0; book < cluster.Network.Books; book++)
        {
            await BookAt(cluster, book).Deliver();
        }
    }

    private static IBookGrain BookAt(GrainCluster cluster, uint number) => cluster.Grains.GetGrain<IBookGrain>(number);

    private static uint HomeOf(GrainCluster cluster, PrivateKey person) => cluster.Network.HomeOf(AccountId.Person(person.Address));

    private static Signed<Pay> Signed(GrainCluster cluster, int from, PrivateKey to, UInt128 amount, ulong nonce) =>
        cluster.Client.Sign(new Pay(People[from].Address, to.Address, 0, amount, nonce, TestNetwork.Deadline), People[from]);

    private static Task<Outcome<BookReply>> PayAsync(GrainCluster cluster, Signed<Pay> signed) =>
        cluster.Grains.Get<IAccountGrain>(signed.Command.Account).Pay(signed);

    private static async Task<Int128> HeldByAsync(GrainCluster cluster, PrivateKey person) =>
        (await cluster.Grains.Get<IAccountGrain>(person.Address).GetBalance(AssetId.Gaib)).Posted;

    private static async Task<Int128[]> HeldAsync(GrainCluster cluster)
    {
        var held = new List<Int128>();
        foreach (var person in People)
        {
            held.Add(await HeldByAsync(cluster, person));
        }

        return [.. held];
    }
}
