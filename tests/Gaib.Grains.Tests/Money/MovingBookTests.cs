using Gaib.Abstractions.Money;
using Gaib.Client.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Money;

/// <summary>A book goes from silo to silo with its journal; who writes to it notices a pause and nothing else.</summary>
public sealed class MovingBookTests
{
    private static readonly AccountId[] People = [.. Enumerable.Range(0, 8).Select(i => AccountId.Person(TestNetwork.Key($"person{i}").Address))];

    [Fact]
    public async Task MoveTo_UnderLoad_EachTransferTakesEffectOnceAndInOneSiloAtATime()
    {
        await using var silos = await TwoSilos.StartAsync();
        var book = silos.Book(0);
        await using var writer = await TransferWriter.OpenAsync(book);
        var (before, sequence) = (await HeldAsync(book), await book.GetSequence());
        var (isOver, told) = (false, new int[People.Length]);
        var load = Enumerable.Range(0, People.Length).Select(caller => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                var answer = await writer.SendAsync(new Transfer { Debit = People[caller], Credit = People[(caller + 1) % People.Length], Amount = 1 });
                Assert.True(answer.Applied);
                told[caller]++;
            }
        })).ToArray();

        var moves = 0;
        for (var i = 0; i < 12; i++)
        {
            var target = i % 2 == 0 ? silos.Second : silos.First;
            moves += target.Equals(await silos.HostOfAsync(book)) ? 0 : 1;
            var owners = silos.Owners;
            await book.MoveTo(target);
            await UntilAsync(async () => target.Equals(await silos.HostOfAsync(book)));
            var then = told.Sum();
            await UntilAsync(() => Task.FromResult(told.Sum() > then + 100));
            Assert.InRange(silos.Owners, owners, owners + 1);
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(load);
        Assert.InRange(moves, 11, 12);
        Assert.Equal(1 + moves, silos.Owners);
        Assert.Equal(sequence + (ulong)told.Sum(), await book.GetSequence());
        Assert.Equal(
            Enumerable.Range(0, People.Length).Select(i => before[i] - told[i] + told[(i + People.Length - 1) % People.Length]),
            await HeldAsync(book));
        Assert.Null(await book.Audit());
    }

    /// <summary>Grains of both silos ask by their silo's sender, so that half of the calls cross over.</summary>
    [Fact]
    public async Task MoveTo_WhileGrainsAsk_EachRequestTakesEffectOnce()
    {
        const int Askers = 200;
        await using var silos = await TwoSilos.StartAsync();
        var book = silos.Book(0);
        var before = await HeldAsync(book);
        var (isOver, asked) = (false, new int[Askers]);
        var asking = Enumerable.Range(0, Askers).Select(asker => Task.Run(async () =>
        {
            for (var grain = silos.Grains.GetGrain<IAskingGrain>(asker); !Volatile.Read(ref isOver); asked[asker]++)
            {
                var request = new BookRequest
                {
                    WriterName = Keccak.HashUtf8($"asker:{asker}"),
                    AnsweredThrough = (ulong)asked[asker],
                    Transfers = [new Transfer { Id = (ulong)asked[asker], Debit = People[0], Credit = People[1], Amount = 1 }],
                };
                Assert.True((await Repeating.UntilAnsweredAsync(() => grain.Ask(0, request))).Applied);
            }
        })).ToArray();

        for (var i = 0; i < 6; i++)
        {
            var target = i % 2 == 0 ? silos.Second : silos.First;
            await book.MoveTo(target);
            await UntilAsync(async () => target.Equals(await silos.HostOfAsync(book)));
            var then = asked.Sum();
            await UntilAsync(() => Task.FromResult(asked.Sum() > then + (2 * Askers)));
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(asking);
        Assert.Equal([before[0] - asked.Sum(), before[1] + asked.Sum()], (await HeldAsync(book))[..2]);
        Assert.Null(await book.Audit());
    }

    [Fact]
    public async Task MoveTo_WhereItIs_LeavesTheOwnerAlone()
    {
        await using var silos = await TwoSilos.StartAsync();
        var (book, host) = (silos.Book(0), await silos.HostOfAsync(silos.Book(0)));

        await book.MoveTo(host!);

        await book.GetSequence();
        Assert.Equal(1, silos.Owners);
    }

    [Fact]
    public async Task MoveTo_SiloThatIsNotThere_IsRefusedAndTheBookStays()
    {
        await using var silos = await TwoSilos.StartAsync();
        var nowhere = SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1);

        var fault = await Assert.ThrowsAsync<ArgumentException>(() => silos.Book(0).MoveTo(nowhere));

        Assert.Contains("book-0 can move to an active silo only", fault.Message, StringComparison.Ordinal);
        await silos.Book(0).GetSequence();
        Assert.Equal(1, silos.Owners);
    }

    [Fact]
    public async Task StopItsSilo_TheBookGoesOnInTheOther()
    {
        await using var silos = await TwoSilos.StartAsync();
        var book = silos.Book(0);
        await book.MoveTo(silos.First);
        await using var writer = await TransferWriter.OpenAsync(book);
        var before = await HeldAsync(book);
        Assert.True((await writer.SendAsync(new Transfer { Debit = People[0], Credit = People[1], Amount = 7 })).Applied);

        await silos.StopFirstAsync();

        Assert.True((await writer.SendAsync(new Transfer { Debit = People[0], Credit = People[1], Amount = 5 })).Applied);
        Assert.Equal([before[0] - 12, before[1] + 12], (await HeldAsync(book))[..2]);
    }

    /// <summary>Edges between two books that change places over and over lose nothing and double nothing.</summary>
    [Fact]
    public async Task MoveTo_BothBooksOfAnEdge_WhatWasUnderWayArrivesOnce()
    {
        await using var silos = await TwoSilos.StartAsync(books: 2);
        var homes = People.ToLookup(silos.Network.HomeOf);
        var (from, to) = (homes[1].First(), homes[0].First());
        var before = await silos.Book(0).GetBalance(to, AssetId.Gaib);
        await using var writer = await TransferWriter.OpenAsync(silos.Book(1));
        for (var i = 0; i < 6; i++)
        {
            var sent = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => writer.SendAsync(new Transfer { Debit = from, Credit = to, Amount = 3 })));
            await silos.Book(i % 2).MoveTo(i % 4 < 2 ? silos.Second : silos.First);
            Assert.All(await sent.WaitAsync(TimeSpan.FromSeconds(60)), answer => Assert.True(answer.Applied));
        }

        await UntilAsync(async () => (await silos.Book(0).GetBalance(to, AssetId.Gaib)).Posted == before.Posted + 900);
        await silos.Book(1).Deliver();
        Assert.Equal(before.Posted + 900, (await silos.Book(0).GetBalance(to, AssetId.Gaib)).Posted);
        Assert.Equal((UInt128)900, await silos.Book(0).GetArrivedFrom(1));
    }

    private static async Task<Int128[]> HeldAsync(IBookGrain book)
    {
        var held = new List<Int128>();
        foreach (var person in People)
        {
            held.Add((Int128)(await book.GetBalance(person, AssetId.Gaib)).Posted);
        }

        return [.. held];
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var tries = 0; !await isSo(); tries++)
        {
            Assert.True(tries < 600, "nothing within 30 seconds");
            await Task.Delay(50);
        }
    }
}
