using System.Numerics;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests.Models;

/// <summary>Prepaid sessions: what a call costs, what is refused, and what a fault in the middle of a call leaves.</summary>
public sealed class SessionTests(SoldModel sold) : IClassFixture<SoldModel>
{
    [Fact]
    public async Task Infer_Answered_MovesTheFeeExactlyOnce()
    {
        var session = await sold.OpenAsync();
        var before = await session.StandAsync();

        var answer = Must(await session.Grain.Infer(1, Row(1)));
        var again = Must(await session.Grain.Infer(1, Row(1)));

        Assert.Equal(answer.Receipt, again.Receipt);
        Assert.Equal(answer.Output, again.Output);
        Assert.Equal(before.Executed + 1, sold.Cluster.Executed.Calls);
        var after = await session.StandAsync();
        Assert.Equal(before.Account - (Int128)UnitPrice, after.Account);

        // 2.5 % protocol, 20 % host, the rest to the pool.
        Assert.Equal((25_000, 200_000, 775_000), (after.Treasury - before.Treasury, after.HostFees - before.HostFees, after.Pool - before.Pool));
    }

    [Fact]
    public async Task Infer_BeyondTheWindow_WaitsForAnAcknowledgement()
    {
        var session = await sold.OpenAsync(window: 2 * UnitPrice);
        Must(await session.Grain.Infer(1, Row(1)));
        Must(await session.Grain.Infer(2, Row(2)));

        var refused = await session.Grain.Infer(3, Row(3));
        await session.AcknowledgeAsync(sold.Economy.SessionKey);
        var answered = await session.Grain.Infer(3, Row(3));

        Assert.Equal(
            new Rejection(Reason.AcknowledgementDue, 2 * (Int128)UnitPrice, 3 * (Int128)UnitPrice), refused.Rejection);
        Assert.True(answered.Accepted);
    }

    [Fact]
    public async Task Infer_BeyondTheCap_IsRefusedWithTheNumbers()
    {
        var session = await sold.OpenAsync(cap: (2 * UnitPrice) + 5, window: 9 * UnitPrice);
        Must(await session.Grain.Infer(1, [.. Row(1), .. Row(2)]));

        var refused = await session.Grain.Infer(2, Row(3));

        Assert.Equal(new Rejection(Reason.SessionCapExceeded, 5, (Int128)UnitPrice), refused.Rejection);
        Assert.Equal(5, (await session.StandAsync()).Account);
    }

    [Theory]
    [InlineData("another's key", Reason.SignerNotAuthorised)]
    [InlineData("the payer's key", Reason.SignerNotAuthorised)]
    [InlineData("garbage", Reason.SignatureInvalid)]
    [InlineData("too little", Reason.AcknowledgementInvalid)]
    [InlineData("too much", Reason.AcknowledgementInvalid)]
    [InlineData("another head", Reason.AcknowledgementInvalid)]
    [InlineData("another session", Reason.NotFound)]
    public async Task Acknowledge_WhatMayNotBe_IsRefusedAndChangesNothing(string what, Reason reason)
    {
        var session = await sold.OpenAsync();
        Must(await session.Grain.Infer(1, Row(1)));
        var state = (await session.Grain.Get())!;
        var good = new Acknowledge(session.Id, state.Fees, state.Head);
        var (command, key) = what switch
        {
            "another's key" => (good, TestNetwork.Key("person9")),
            "the payer's key" => (good, sold.Economy.App),
            "too little" => (good with { Cumulative = good.Cumulative - 1 }, sold.Economy.SessionKey),
            "too much" => (good with { Cumulative = good.Cumulative + 1 }, sold.Economy.SessionKey),
            "another head" => (good with { Head = Keccak.HashUtf8("head") }, sold.Economy.SessionKey),
            "another session" => (good with { Session = Keccak.HashUtf8("session") }, sold.Economy.SessionKey),
            _ => (good, sold.Economy.SessionKey),
        };
        var signed = sold.Cluster.Client.Sign(command, key);
        signed = what == "garbage" ? signed with { Signature = new Signature(signed.Signature.R, signed.Signature.S, 99) } : signed;

        var refused = await session.Grain.Acknowledge(signed);

        Assert.Equal(reason, refused.Rejection!.Reason);
        Assert.Null((await session.Grain.Get())!.Acknowledged);
    }

    [Fact]
    public async Task Infer_OutOfOrderOrMalformed_IsRefused()
    {
        var session = await sold.OpenAsync();
        Must(await session.Grain.Infer(1, Row(1)));
        var before = await session.StandAsync();

        var skipped = await session.Grain.Infer(3, Row(3));
        var changed = await session.Grain.Infer(1, Row(2));
        var uneven = await session.Grain.Infer(2, [.. Row(1), 1]);
        var empty = await session.Grain.Infer(2, []);
        var endless = await session.Grain.Infer(2, [.. Enumerable.Repeat(Row(2), Note.BytesMax / Row(2).Length).SelectMany(row => row)]);
        Assert.Equal(Reason.SampleInvalid, endless.Rejection?.Reason);
        Must(await session.Grain.Infer(2, Row(2)));
        var old = await session.Grain.Infer(1, Row(1));
        var unknown = await sold.Cluster.Grains.Get<ISessionGrain>(Keccak.HashUtf8("nobody's")).Infer(1, Row(1));

        Assert.Equal(
            [Reason.FieldOutOfRange, Reason.IdReused, Reason.SampleInvalid, Reason.SampleInvalid, Reason.TooOld, Reason.NotFound],
            new[] { skipped, changed, uneven, empty, old, unknown }.Select(answer => answer.Rejection!.Reason));
        Assert.Equal(before.Account - (Int128)UnitPrice, (await session.StandAsync()).Account);
    }

    [Fact]
    public async Task Infer_AnyWriteFails_GivesOneReceiptAndOnePayment()
    {
        var session = await sold.OpenAsync(cap: 200 * UnitPrice, window: 200 * UnitPrice);
        var receipts = new List<Receipt>();
        var call = 0UL;

        // A host that first hears of a session writes too; that has a test of its own.
        while (call < 3)
        {
            receipts.Add(Must(await session.Grain.Infer(++call, Row((int)call))).Receipt);
        }

        var told = call;
        var before = await session.StandAsync();

        var points = await Repeating.FailEachPointAsync(
            sold.Cluster.Disk,
            _ => Task.FromResult(++call),
            async number => Must(await session.Grain.Infer(number, Row((int)number))).Receipt,
            async (number, receipt) =>
            {
                receipts.Add(receipt);
                var after = await session.StandAsync();
                Assert.Equal(before.Account - (Int128)(UnitPrice * (number - told)), after.Account);
                Assert.Equal(before.Pool + (775_000 * (Int128)(number - told)), after.Pool);
                Assert.Equal(receipts, (await session.Grain.ReadServed(0, int.MaxValue)).Select(served => served.Receipt));
            });

        Assert.Equal(3, points.Count);
        Assert.Contains("book AfterFlush", points);
        await sold.Cluster.DeactivateAsync(session.Grain);
        Assert.Equal(receipts[^1].Hash, (await session.Grain.Get())!.Head);
        Assert.Equal(receipts.Select(receipt => receipt.Previous).Skip(1), receipts.SkipLast(1).Select(receipt => receipt.Hash));
        Assert.Null(await sold.Cluster.Book.Audit());
    }

    [Fact]
    public async Task Infer_WhileTheBookIsBusy_IsNotPaidAndTheSessionGoesOn()
    {
        var session = await sold.OpenAsync();
        Must(await session.Grain.Infer(1, Row(1)));
        var before = await session.StandAsync();

        await using (await BusyBook.MakeAsync(sold.Cluster))
        {
            await Assert.ThrowsAsync<BookBusyException>(() => session.Grain.Infer(2, Row(2)));
        }

        Assert.Equal(before.Account, (await session.StandAsync()).Account);
        Assert.Equal(2UL, Must(await session.Grain.Infer(2, Row(2))).Receipt.Seq);
        Assert.Equal(before.Account - (Int128)UnitPrice, (await session.StandAsync()).Account);
        Assert.Equal(2, (await session.Grain.ReadServed(0, int.MaxValue)).Length);
    }

    [Theory]
    [InlineData("gaib.host BeforeWrite")]
    [InlineData("gaib.host AfterWrite")]
    public async Task Infer_HostCannotBeTold_IsToldBeforeItServes(string point)
    {
        var session = await sold.OpenAsync();
        sold.Cluster.Disk.FailNext(point);

        await Assert.ThrowsAnyAsync<Exception>(() => session.Grain.Infer(1, Row(1)));
        var receipt = Must(await session.Grain.Infer(1, Row(1))).Receipt;

        Assert.Contains(session.Id, await sold.SessionsOfAsync(receipt));
    }

    [Fact]
    public async Task Close_PayersCommand_ReturnsTheRestOnce()
    {
        var session = await sold.OpenAsync();
        Must(await session.Grain.Infer(1, Row(1)));
        var payer = await sold.Economy.HeldByAsync(sold.Economy.App);
        var rest = (await session.StandAsync()).Account;
        var close = new CloseSession(sold.Economy.App.Address, session.Id, session.Nonce + 1_000, TestNetwork.Deadline);

        var byAnother = await session.Grain.Close(sold.Cluster.Client.Sign(close with { Account = sold.Economy.Investor.Address }, sold.Economy.Investor));
        sold.Cluster.Disk.FailNext("gaib.session BeforeWrite");
        await Assert.ThrowsAnyAsync<Exception>(() => session.Grain.Close(sold.Cluster.Client.Sign(close, sold.Economy.App)));
        await sold.Cluster.GoneAsync(session.Grain);
        var untold = await session.Grain.Get();
        var closed = Must(await session.Grain.Close(sold.Cluster.Client.Sign(close, sold.Economy.App)));
        var again = Must(await session.Grain.Close(sold.Cluster.Client.Sign(close, sold.Economy.App)));
        var late = await session.Grain.Infer(2, Row(2));

        Assert.Equal(Reason.SignerNotAuthorised, byAnother.Rejection!.Reason);
        Assert.Equal(SessionPhase.Closed, untold!.Phase);
        Assert.Equal(SessionPhase.Closed, closed.Phase);
        Assert.Equal(closed.Head, again.Head);
        Assert.Equal(Reason.SessionClosed, late.Rejection!.Reason);
        Assert.Equal(payer + rest, await sold.Economy.HeldByAsync(sold.Economy.App));
        Assert.Equal(0, (await session.StandAsync()).Account);
    }

    [Fact]
    public async Task Open_SameSignatureAtAnotherId_OpensNoSecondSession()
    {
        var session = await sold.OpenAsync();
        var payer = await sold.Economy.HeldByAsync(sold.Economy.App);
        var elsewhere = sold.Cluster.Grains.Get<ISessionGrain>(Keccak.HashUtf8("elsewhere"));

        var second = await elsewhere.Open(session.Opening);
        var other = await session.Grain.Open(sold.Cluster.Client.Sign(session.Opening.Command with { Cap = 1 }, sold.Economy.App));
        var same = Must(await session.Grain.Open(session.Opening));

        Assert.Equal(Reason.NotFound, second.Rejection!.Reason);
        Assert.Equal(Reason.NonceUsed, other.Rejection!.Reason);
        Assert.Null(await elsewhere.Get());
        Assert.Equal(session.Id, same.Terms.Id);
        Assert.Equal(payer, await sold.Economy.HeldByAsync(sold.Economy.App));
    }

    [Fact]
    public async Task Open_KeepingFails_TheCapIsNotLost()
    {
        var nonce = sold.NextNonce();
        var opening = sold.Economy.OpenOf(nonce: nonce);
        var grain = sold.Cluster.Grains.Get<ISessionGrain>(sold.IdOf(nonce));
        var payer = await sold.Economy.HeldByAsync(sold.Economy.App);
        sold.Cluster.Disk.FailNext("gaib.session BeforeWrite");

        await Assert.ThrowsAnyAsync<Exception>(() => grain.Open(opening));
        var opened = Must(await grain.Open(opening));

        Assert.Equal(SessionPhase.Open, opened.Phase);
        Assert.Equal(payer - (Int128)(100 * UnitPrice), await sold.Economy.HeldByAsync(sold.Economy.App));
    }

    [Fact]
    public async Task Infer_AHostIsSilent_TheNextOneAnswers()
    {
        var session = await sold.OpenAsync();
        sold.Cluster.Devices.Spoil(sold.Economy.GpuId(1), device => new SilentDevice(device));
        try
        {
            var gpus = new HashSet<Hash32>();
            for (var call = 1UL; call <= 4; call++)
            {
                gpus.Add(Must(await session.Grain.Infer(call, Row((int)call))).Receipt.Gpu);
            }

            Assert.Equal(new HashSet<Hash32> { sold.Economy.GpuId(0), sold.Economy.GpuId(2) }, gpus);
        }
        finally
        {
            sold.Cluster.Devices.Spoil(sold.Economy.GpuId(1), device => device);
        }
    }
}

/// <summary>A model that is for sale; each test opens a session of its own on it.</summary>
public sealed class SoldModel : IAsyncLifetime
{
    private ulong _nonce;

    internal GrainCluster Cluster { get; private set; } = null!;

    internal Economy Economy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await GrainCluster.StartAsync();
        Cluster.Calls.DropFeeds();
        Economy = new Economy(Cluster);
        await Economy.PrepareModelAsync();
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    internal ulong NextNonce() => ++_nonce;

    internal Hash32 IdOf(ulong nonce) => Ids.Derive(Cluster.Network.Id, "session", Economy.App.Address, nonce);

    internal async Task<OpenedSession> OpenAsync(ulong cap = 100 * UnitPrice, ulong window = 5 * UnitPrice)
    {
        var nonce = NextNonce();
        var opening = Economy.OpenOf(cap, window, nonce);
        var session = new OpenedSession(this, IdOf(nonce), nonce, opening);
        Must(await session.Grain.Open(opening));
        return session;
    }

    /// <summary>The sessions that the host of a receipt knows of, once its epoch is closed.</summary>
    internal async Task<IEnumerable<Hash32>> SessionsOfAsync(Receipt receipt)
    {
        var epoch = Cluster.Network.EpochAt(receipt.At);
        Cluster.Clock.AdvanceTo(receipt.At + TestNetwork.Day);
        var closed = Must(await Cluster.Grains.Get<IHostGrain>(receipt.Host).CloseEpoch(epoch));
        return closed.Verdict.Drawn.Contains(receipt.Hash) ? [receipt.Session] : [];
    }
}

/// <summary>An open session.</summary>
internal sealed record OpenedSession(SoldModel Sold, Hash32 Id, ulong Nonce, Signed<OpenSession> Opening)
{
    public ISessionGrain Grain => Sold.Cluster.Grains.Get<ISessionGrain>(Id);

    public async Task AcknowledgeAsync(PrivateKey key)
    {
        var state = (await Grain.Get())!;
        Must(await Grain.Acknowledge(Sold.Cluster.Client.Sign(new Acknowledge(Id, state.Fees, state.Head), key)));
    }

    /// <summary>What lies where a call's fee comes from and goes to.</summary>
    public async Task<(Int128 Account, Int128 Treasury, Int128 HostFees, Int128 Pool, long Executed)> StandAsync()
    {
        var book = Sold.Cluster.Book;
        var held = (await book.GetBalances(AccountKind.HostFees, AssetId.Gaib)).Aggregate(Int128.Zero, (sum, row) => sum + row.Value.Posted);
        return (
            (await book.GetBalance(AccountId.Of(AccountKind.Session, Id), AssetId.Gaib)).Posted,
            (await book.GetBalance(AccountId.Treasury, AssetId.Gaib)).Posted,
            held,
            (Int128)(await book.GetPool(AccountId.Of(AccountKind.Pool, Sold.Economy.ModelId))).State.Fed,
            Sold.Cluster.Executed.Calls);
    }
}
