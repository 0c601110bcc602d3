using Gaib.Domain.Money;
using Gaib.Domain.Revenue;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>
/// A transfer with several faults is refused for the first in the order of docs/reference/rejections.md. Every pair of faults that can
/// stand in one transfer is tried: faults that share a place in it can't.
/// </summary>
public sealed class BookPrecedenceTests
{
    private static readonly AccountId Full = AccountId.Person(Address.Parse("0x00000000000000000000000000000000000000ff"));
    private static readonly Hash32 Other = Keccak.HashUtf8("other");
    private static readonly AccountId OtherPool = AccountId.Of(AccountKind.Pool, Other);
    private static readonly AssetId Units = AssetId.Of(Other);

    private sealed record Fault(Reason Reason, string Places, Func<BookWorld, Transfer, Transfer> Make);

    private static readonly Fault[] OfTheId =
    [
        new(Reason.WriterUnknown, "writer", (_, t) => t with { Id = Transfer.IdOf(99, t.Sequence) }),
        new(Reason.TooOld, "sequence", (_, t) => t with { Id = Transfer.IdOf(t.Writer, 3) }),
        new(Reason.WindowFull, "sequence", (_, t) => t with { Id = Transfer.IdOf(t.Writer, 100_000) }),
        new(Reason.IdReused, "sequence", (w, t) => t with { Id = Transfer.IdOf(t.Writer, Known(w)) }),
    ];

    private static readonly Fault[] OfGaib =
    [
        .. OfTheId,
        new(Reason.BatchInvalid, "of", (_, t) => t with { Of = 1 }),
        new(Reason.SameAccount, "credit", (_, t) => t with { Credit = t.Debit }),
        new(Reason.AccountInvalid, "debit", (_, t) => t with { Debit = default }),
        new(Reason.AccountInvalid, "debit", (_, t) => t with { Debit = Pool }),
        new(Reason.ExpiryInvalid, "phase", (_, t) => t with { Phase = TransferPhase.Reserve, ExpiresAt = 1_000 }),
        new(Reason.AmountZero, "amount", (_, t) => t with { Amount = 0 }),
        new(Reason.Overflow, "amount", (_, t) => t with { Amount = UInt128.One << 126 }),
        new(Reason.InsufficientFunds, "debit", (_, t) => t with { Debit = Carol }),
        new(Reason.Overflow, "credit", (_, t) => t with { Credit = Full }),
        new(Reason.PoolFull, "credit", (_, t) => t with { Credit = OtherPool }),
    ];

    private static readonly Fault[] OfShares =
    [
        .. OfTheId,
        new(Reason.BatchInvalid, "of", (_, t) => t with { Of = 1 }),
        new(Reason.SameAccount, "credit", (_, t) => t with { Credit = t.Debit }),
        new(Reason.AccountInvalid, "debit", (_, t) => t with { Debit = default }),
        new(Reason.AssetUnknown, "asset", (_, t) => t with { Asset = new AssetId(77) }),
        new(Reason.AssetFrozen, "asset frozen", (_, t) => t with { Asset = Units }),
        new(Reason.AccountInvalid, "debit", (_, t) => t with { Debit = AccountId.Treasury }),
        new(Reason.BatchInvalid, "flags", (_, t) => t with { Flags = TransferFlags.Collect }),
        new(Reason.PoolCycle, "credit asset", (_, t) => t with { Credit = Pool }),
        new(Reason.ExpiryInvalid, "phase", (_, t) => t with { Phase = TransferPhase.Reserve, ExpiresAt = 1_000 }),
        new(Reason.AmountZero, "amount", (_, t) => t with { Amount = 0 }),
        new(Reason.Overflow, "amount", (_, t) => t with { Amount = UInt128.One << 126 }),
        new(Reason.InsufficientFunds, "debit flags", (_, t) => t with { Debit = Carol }),
        new(Reason.PoolWeightFull, "debit amount flags frozen", (_, t) => t with { Debit = AccountId.Issuance, Amount = PoolRule.Limit }),
    ];

    private static readonly Fault[] OfAPost =
    [
        .. OfTheId,
        new(Reason.BatchInvalid, "expiry", (_, t) => t with { ExpiresAt = 5_000 }),
        new(Reason.ReservationNotFound, "of", (_, t) => t with { Of = 12_345 }),
        new(Reason.ReservationResolved, "of", (w, t) => t with { Of = Transfer.IdOf(t.Writer, Known(w) + 2) }),
        new(Reason.ExpiryInvalid, "phase amount", (_, t) => t with { Phase = TransferPhase.Expire }),
        new(Reason.AmountZero, "amount", (_, t) => t with { Amount = 0 }),
        new(Reason.ReservationExceeded, "amount", (_, t) => t with { Amount = 11 }),
        new(Reason.PoolFull, "of phase", (w, t) => t with { Of = Transfer.IdOf(t.Writer, Known(w) + 3) }),
    ];

    [Fact]
    public void TwoFaults_InAGaibTransfer_AreAnsweredByTheFirst() => TryPairs(OfGaib, _ => Move(Alice, Bob, 1), pairs: 81);

    [Fact]
    public void TwoFaults_InAShareTransfer_AreAnsweredByTheFirst() =>
        TryPairs(OfShares, _ => Move(Alice, Bob, 1) with { Asset = Shares }, pairs: 117);

    [Fact]
    public void TwoFaults_InAPost_AreAnsweredByTheFirst() => TryPairs(
        OfAPost, world => new Transfer { Of = Transfer.IdOf(world.Writer, Known(world) + 1), Phase = TransferPhase.Post, Amount = 1 }, pairs: 45);

    [Fact]
    public void TwoFaults_OfARequest_AreAnsweredByTheFirst()
    {
        var world = World();
        var taken = new AssetRecord(Shares, OtherPool, false, Model);
        var early = Command(Alice, 5, world.Now - 1);
        Assert.True(world.Submit(Command(Alice, 5, world.Now), Move(Alice, Bob, 1)).Applied);
        var open = Move(Alice, Bob, 1) with { Flags = TransferFlags.Linked };
        Assert.Equal(Reason.BatchInvalid, Ask(world, new BookRequest { Assets = [taken], Command = early, Transfers = [open] }));
        Assert.Equal(Reason.BatchInvalid, Ask(world, new BookRequest { Writer = 99, Transfers = [open] }));
        Assert.Equal(Reason.AssetExists, Ask(world, new BookRequest { Assets = [taken], Command = early }));
        Assert.Equal(Reason.AssetExists, Ask(world, new BookRequest { Assets = [taken], Writer = 99 }));
        Assert.Equal(Reason.DeadlinePassed, Ask(world, new BookRequest { Command = early, Transfers = [Move(Alice, Alice, 1)] }));
        var again = Command(Alice, 5, world.Now + 1);
        Assert.Equal(Reason.NonceUsed, Ask(world, new BookRequest { Command = again, Transfers = [Move(Alice, Alice, 1)] }));
        Assert.Equal(Reason.WriterUnknown, Ask(world, new BookRequest { Writer = 99, Transfers = [Move(Alice, Alice, 1)] }));
    }

    private static Reason Ask(BookWorld world, BookRequest request)
    {
        var before = Image(world.Book);
        var reason = world.Apply(request).Result!.Reason;
        Assert.Equal(before, Image(world.Book));
        return reason;
    }

    private static void TryPairs(Fault[] faults, Func<BookWorld, Transfer> sound, int pairs)
    {
        var world = World();
        var tried = 0;
        Assert.All(faults, fault => Assert.Equal(fault.Reason, world.SendAs(fault.Make(world, world.Next(sound(world)))).Result));
        for (var second = 0; second < faults.Length; second++)
        {
            for (var first = 0; first < second; first++)
            {
                if (faults[first].Places.Split(' ').Intersect(faults[second].Places.Split(' ')).Any())
                {
                    continue;
                }

                // The later fault is made first, so that SameAccount can copy a debit that is at fault itself.
                var transfer = faults[first].Make(world, faults[second].Make(world, world.Next(sound(world))));
                Assert.Equal((first, second, faults[first].Reason), (first, second, world.SendAs(transfer).Result));
                tried++;
            }
        }

        Assert.Equal(pairs, tried);
        Assert.True(world.Send(sound(world)).Applied);
    }

    /// <summary>The sequence of a transfer that was answered; after it come a reservation that is open, one that was voided, and one to a full pool.</summary>
    private static ulong Known(BookWorld world) => world.Marked;

    private static BookWorld World()
    {
        var (world, half) = (new BookWorld().RegisterModel(), UInt128.One << 125);
        world.Apply(new BookRequest { Writer = world.Writer, Assets = [new AssetRecord(Units, OtherPool, true, Other)] });
        world.Issue(Alice, 100).Fund(Bob, PoolRule.Limit).Fund(Full, half);

        // Whoever has received 2^126 − 1 in all can receive nothing more.
        Assert.True(world.Send(Move(Full, AccountId.Treasury, half)).Applied);
        Assert.True(world.Send(Move(AccountId.Treasury, Full, half - 1)).Applied);
        world.Fund(Alice, 1_000);
        Assert.True(world.SendAs(world.Mark(Move(Alice, Bob, 2))).Applied);
        Transfer[] reserves =
        [
            world.Next(Move(Alice, Bob, 10) with { Phase = TransferPhase.Reserve }),
            world.Next(Move(Alice, Bob, 10) with { Phase = TransferPhase.Reserve }),
            world.Next(Move(Alice, OtherPool, 10) with { Phase = TransferPhase.Reserve }),
        ];
        Assert.True(world.SubmitAs(reserves).Applied);
        Assert.True(world.Send(Resolve(reserves[1], TransferPhase.Void, 0)).Applied);
        Assert.True(world.Send(Move(Bob, OtherPool, PoolRule.Limit - 1)).Applied);
        world.Apply(new BookRequest { Writer = world.Writer, AnsweredThrough = 5 });
        return world;
    }
}
