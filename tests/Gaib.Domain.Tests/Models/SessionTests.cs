using System.Collections.Immutable;
using CsCheck;
using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Models;

public sealed class SessionTests
{
    private const long Now = 1_000;
    private const long Expiry = 9_000;
    private static readonly Address Payer = Account(1);
    private static readonly Address Key = Account(2);
    private static readonly ModelState Model = Priced(10, 3);
    private static readonly PriceRecord Price = Model.Prices[0];
    private static readonly OpenSession Opening = new(Payer, ModelId, Key, Cap: 100, Window: 50, Expiry, Nonce: 7, Deadline: 1);
    private static readonly ImmutableArray<byte> Signature = [1, 2, 3];

    [Fact]
    public void Open_IssuedAndPriced_GivesTheIdOfPayerAndNonce()
    {
        var opened = Assert.IsType<SessionOpened>(SessionRule.Open(Genesis, Opening, Model, Now).Value);

        Assert.Equal(new SessionOpened(Ids.Derive(Genesis, "session", Payer, 7), ModelId, Payer, Key, 100, 50, Expiry), opened);
    }

    [Fact]
    public void Open_NotPossible_IsRefusedWithItsReason()
    {
        Assert.Equal(Reason.NotFound, SessionRule.Open(Genesis, Opening with { Model = Hash(1) }, Model, Now).Rejection?.Reason);
        Assert.Equal(Reason.ModelNotIssued, SessionRule.Open(Genesis, Opening, Registered(), Now).Rejection?.Reason);
        Assert.Equal(new Rejection(Reason.NotFound, Subject: "price"), SessionRule.Open(Genesis, Opening, Model with { Prices = [] }, Now).Rejection);
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 9_001, 9_000, "expiry"), SessionRule.Open(Genesis, Opening, Model, Expiry).Rejection);
        Assert.Equal("cap", SessionRule.Open(Genesis, Opening with { Cap = 0 }, Model, Now).Rejection?.Subject);
        Assert.Equal("window", SessionRule.Open(Genesis, Opening with { Window = 0 }, Model, Now).Rejection?.Subject);
        Assert.Equal("key", SessionRule.Open(Genesis, Opening with { Key = Address.Zero }, Model, Now).Rejection?.Subject);
    }

    [Fact]
    public void Meter_Calls_ChainFromZero()
    {
        var session = Open();
        var first = SessionRule.Meter(session, Price, Served(1, 2), Now).Value;
        session = SessionRule.Evolve(session, new CallMetered(first));
        var second = SessionRule.Meter(session, Price, Served(2, 3), Now + 1).Value;
        session = SessionRule.Evolve(session, new CallMetered(second));

        Assert.Equal(new Receipt(session.Terms.Id, 1, ModelId, Price.Id, 2, 20, Hash(30), Account(40), Hash(5), Hash(1), Hash(1_001), Now, Hash32.Zero), first);
        Assert.Equal(first.Hash, second.Previous);
        Assert.Equal(second.Hash, session.Head);
        Assert.Equal((2UL, (UInt128)50, (UInt128)50), (session.Seq, session.Fees, session.Rest));
    }

    [Fact]
    public void Meter_SameCallAgain_GivesTheSameReceiptEvenAfterTheEnd()
    {
        var session = Call(Open(), 1, 2);
        var ended = SessionRule.Evolve(session, new SessionEnded(SessionPhase.Closed, session.Rest));

        foreach (var state in new[] { session, ended })
        {
            var again = SessionRule.Meter(state, Price, Served(1, 2) with { OutputHash = Hash(99), Gpu = Hash(98) }, Expiry + 1).Value;
            Assert.Equal(session.Last, again);
            Assert.Equal(state, SessionRule.Evolve(state, new CallMetered(again)));
        }
    }

    [Fact]
    public void Admit_NumberTaken_IsRefused()
    {
        var session = Call(Call(Open(), 1, 1), 2, 1);

        Assert.Equal(new Rejection(Reason.TooOld, 2, 1, "call"), Admit(session, 1, 1).Rejection);
        Assert.Equal(new Rejection(Reason.TooOld, 2, 0, "call"), Admit(session, 0, 1).Rejection);
        Assert.Equal(new Rejection(Reason.IdReused, 1, 2, "call"), Admit(session, 2, 2).Rejection);
        Assert.Equal(Reason.IdReused, SessionRule.Admit(session, Price, 2, 1, Hash(99), Now).Rejection?.Reason);
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 3, 4, "call"), Admit(session, 4, 1).Rejection);
    }

    [Fact]
    public void Admit_UnitsOutOfRange_IsRefused()
    {
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, FeeRule.UnitsLimit, 0, "units"), Admit(Open(), 1, 0).Rejection);
        Assert.Equal("units", Admit(Open(), 1, FeeRule.UnitsLimit + 1).Rejection?.Subject);
    }

    [Fact]
    public void Admit_BeyondTheCap_IsRefusedWithWhatIsLeft()
    {
        var session = Acknowledge(Call(Acknowledge(Call(Open(), 1, 5)), 2, 4));

        Assert.Equal(new Rejection(Reason.SessionCapExceeded, 10, 20), Admit(session, 3, 2).Rejection);
        Assert.Equal((UInt128)10, Admit(session, 3, 1).Value.Fee);
    }

    [Fact]
    public void Admit_BeyondTheWindow_NeedsAnAcknowledgement()
    {
        var session = Call(Open(), 1, 4);

        Assert.Equal(new Rejection(Reason.AcknowledgementDue, 50, 60), Admit(session, 2, 2).Rejection);
        Assert.True(Admit(session, 2, 1).Accepted);
        Assert.True(Admit(Acknowledge(session), 2, 5).Accepted);
    }

    [Fact]
    public void Admit_ExpiredOrClosed_IsRefused()
    {
        Assert.True(SessionRule.Admit(Open(), Price, 1, 1, Hash(1), Expiry - 1).Accepted);
        Assert.Equal(new Rejection(Reason.SessionClosed, Expiry, Expiry), SessionRule.Admit(Open(), Price, 1, 1, Hash(1), Expiry).Rejection);
        Assert.Equal(Reason.SessionClosed, Admit(Open() with { Phase = SessionPhase.Closed }, 1, 1).Rejection?.Reason);
    }

    [Fact]
    public void Evolve_NotesThatComeTwiceOrLate_ChangeNothing()
    {
        var first = Acknowledge(Call(Open(), 1, 2));
        var second = Acknowledge(Call(first, 2, 3));

        Assert.Equal(second, SessionRule.Evolve(second, first.Acknowledged!));
        Assert.Equal(second, SessionRule.Evolve(second, new CallMetered(first.Last!)));
        Assert.Equal(second, SessionRule.Evolve(second, new CallMetered(second.Last!)));
    }

    [Fact]
    public void Acknowledge_OtherThanTheHead_IsRefused()
    {
        var session = Acknowledge(Call(Open(), 1, 2));
        var behind = Word(session);
        session = Call(session, 2, 1);
        var good = Word(session);

        Assert.Equal(Reason.AcknowledgementInvalid, Decide(session, behind).Rejection?.Reason);
        Assert.Equal(new Rejection(Reason.AcknowledgementInvalid, 30, 31, session.Head.ToString()), Decide(session, good with { Cumulative = 31 }).Rejection);
        Assert.Equal(Reason.AcknowledgementInvalid, Decide(session, good with { Cumulative = UInt128.MaxValue }).Rejection?.Reason);
        Assert.Equal(Reason.AcknowledgementInvalid, Decide(session, good with { Head = Hash(1) }).Rejection?.Reason);
        Assert.Equal(Reason.AcknowledgementInvalid, Decide(Open(), Word(Open())).Rejection?.Reason);
        Assert.Equal(Reason.NotFound, Decide(session, good with { Session = Hash(1) }).Rejection?.Reason);
        Assert.Equal(Reason.SignerNotAuthorised, SessionRule.Acknowledge(session, good, Payer, Signature).Rejection?.Reason);
    }

    [Fact]
    public void Acknowledge_SameAgain_KeepsTheFirstSignature()
    {
        var session = Acknowledge(Call(Open(), 1, 2));

        var again = SessionRule.Acknowledge(session, Word(session), Key, [9]).Value;

        Assert.Same(session.Acknowledged, again);
        Assert.Equal((UInt128)0, session.Unacknowledged);
    }

    [Fact]
    public void Close_ByThePayer_ReturnsTheRest()
    {
        var session = Call(Open(), 1, 3);
        var close = new CloseSession(Payer, session.Terms.Id, 8, 1);

        var ended = SessionRule.Close(session, close).Value;
        var closed = SessionRule.Evolve(session, ended);

        Assert.Equal(new SessionEnded(SessionPhase.Closed, 70), ended);
        Assert.Equal(Reason.SessionClosed, SessionRule.Close(closed, close).Rejection?.Reason);
        Assert.Equal(Reason.SessionClosed, SessionRule.Expire(closed, Expiry).Rejection?.Reason);
        Assert.Equal(Reason.SignerNotAuthorised, SessionRule.Close(session, close with { Account = Key }).Rejection?.Reason);
        Assert.Equal(Reason.NotFound, SessionRule.Close(session, close with { Session = Hash(1) }).Rejection?.Reason);
    }

    [Fact]
    public void Expire_OnlyWhenItsTimeIsOver()
    {
        Assert.Equal(new Rejection(Reason.WrongState, Expiry, Expiry - 1, "expiry"), SessionRule.Expire(Open(), Expiry - 1).Rejection);
        Assert.Equal(new SessionEnded(SessionPhase.Expired, 100), SessionRule.Expire(Open(), Expiry).Value);
    }

    [Fact]
    public void Evolve_ReceiptOutOfTurn_Throws()
    {
        var session = Call(Open(), 1, 1);
        Assert.Throws<InvalidOperationException>(() => SessionRule.Evolve(session, new CallMetered(session.Last! with { Seq = 3 })));
        Assert.Throws<InvalidOperationException>(() => SessionRule.Evolve(session, session.Terms));
    }

    [Fact]
    public void AnySteps_CapWindowAndChainHold()
    {
        int capped = 0, due = 0, repeated = 0, acknowledged = 0;
        Gen.Select(Gen.Int[0, 9], Gen.UInt[1, 6]).Array[1, 40].Sample(
            steps =>
            {
                var session = Open();
                var receipts = new List<Receipt>();
                foreach (var (step, units) in steps)
                {
                    if (step < 3)
                    {
                        var word = Decide(session, Word(session));
                        session = word.Accepted ? SessionRule.Evolve(session, word.Value) : session;
                        acknowledged += word.Accepted ? 1 : 0;
                        continue;
                    }

                    // Step 9 is the network's: it delivers the last call once more.
                    var served = step == 9 && session.Last is { } last ? Served(last.Seq, last.Units) : Served(session.Seq + 1, units);
                    var metered = SessionRule.Meter(session, Price, served, Now);
                    capped += metered.Rejection?.Reason == Reason.SessionCapExceeded ? 1 : 0;
                    due += metered.Rejection?.Reason == Reason.AcknowledgementDue ? 1 : 0;
                    if (metered.Accepted)
                    {
                        session = SessionRule.Evolve(session, new CallMetered(metered.Value));
                        if (metered.Value.Seq == (ulong)receipts.Count + 1)
                        {
                            receipts.Add(metered.Value);
                        }
                        else
                        {
                            repeated++;
                            Assert.Equal(receipts[^1], metered.Value);
                        }
                    }

                    Assert.True(session.Fees <= session.Terms.Cap && session.Unacknowledged <= session.Terms.Window);
                }

                AssertChain(session, receipts);
            },
            iter: 2_000, threads: 1);

        Assert.True(capped > 100 && due > 100 && repeated > 100 && acknowledged > 100, $"{capped} {due} {repeated} {acknowledged}");
    }

    private static void AssertChain(SessionState session, List<Receipt> receipts)
    {
        UInt128 sum = 0;
        var previous = Hash32.Zero;
        foreach (var receipt in receipts)
        {
            Assert.Equal(previous, receipt.Previous);
            Assert.Equal(Price.UnitPrice * receipt.Units, receipt.Fee);
            (previous, sum) = (receipt.Hash, sum + receipt.Fee);
        }

        Assert.Equal((previous, sum, (ulong)receipts.Count), (session.Head, session.Fees, session.Seq));
        Assert.Equal(session.Terms.Cap, session.Fees + session.Rest);
    }

    private static SessionState Open() => SessionRule.Evolve(null, SessionRule.Open(Genesis, Opening, Model, Now).Value);

    private static ServedCall Served(ulong call, uint units) => new(call, units, Hash(call), Hash(1_000 + call), Hash(30), Account(40), Hash(5));

    private static Outcome<CallAdmitted> Admit(SessionState session, ulong call, uint units) =>
        SessionRule.Admit(session, Price, call, units, Hash(call), Now);

    private static SessionState Call(SessionState session, ulong call, uint units) =>
        SessionRule.Evolve(session, new CallMetered(SessionRule.Meter(session, Price, Served(call, units), Now).Value));

    private static Acknowledge Word(SessionState session) => new(session.Terms.Id, session.Fees, session.Head);

    private static Outcome<SessionEvent> Decide(SessionState session, Acknowledge word) =>
        SessionRule.Acknowledge(session, word, Key, Signature);

    private static SessionState Acknowledge(SessionState session) => SessionRule.Evolve(session, Decide(session, Word(session)).Value);
}
