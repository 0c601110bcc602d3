using System.Collections.Immutable;
using CsCheck;
using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Models;

public sealed class HostEpochTests
{
    private static readonly Address Host = Account(40);
    private static readonly Hash32 Beacon = Keccak.HashUtf8("beacon");

    [Fact]
    public void IsDrawn_ManyReceipts_AboutOneInSixtyFour()
    {
        var drawn = Enumerable.Range(0, 200_000).Count(i => ReceiptDraw.IsDrawn(Beacon, Keccak.Hash(Hash((ulong)i), Hash32.Zero)));

        // 200,000/64 = 3,125 with a standard deviation of 55; the count is fixed, because the draw is.
        Assert.InRange(drawn, 3_125 - 165, 3_125 + 165);
    }

    [Fact]
    public void IsDrawn_Rule_IsTheLastSixBitsOfTheKeccak()
    {
        for (ulong i = 0; i < 2_000; i++)
        {
            var digest = Keccak.Hash([.. Beacon.ToArray(), .. Hash(i).ToArray()]).ToArray();
            Assert.Equal((digest[31] & 63) == 0, ReceiptDraw.IsDrawn(Beacon, Hash(i)));
            Assert.True(ReceiptDraw.IsDrawn(Beacon, Hash(i), 1));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => ReceiptDraw.IsDrawn(Beacon, Hash(1), 63));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReceiptDraw.IsDrawn(Beacon, Hash(1), 0));
    }

    [Fact]
    public void Root_OfReceipts_IsTheKeccakOfTheSortedHashes()
    {
        var sorted = Keccak.Hash([.. Hash(1).ToArray(), .. Hash(2).ToArray(), .. Hash(3).ToArray()]);

        Assert.Equal(sorted, HostEpochCommitment.RootOf([Hash(3), Hash(1), Hash(2)]));
        Assert.Equal(Keccak.Hash([]), HostEpochCommitment.RootOf([]));
    }

    [Fact]
    public void Decide_AllRight_ReleasesEverything()
    {
        ImmutableArray<HeldReceipt> held = [Held(1, 10, 3), Held(2, 20, 6)];

        var verdict = Decide(held, wrong: []).Value;

        Assert.Equal([new HeldFeePayment(HeldFeeKind.Release, Host, 9, Hash32.Zero)], verdict.Payments);
        Assert.Equal([Hash(1), Hash(2)], verdict.Drawn);
        Assert.Empty(verdict.Wrong);
    }

    [Fact]
    public void Decide_OneWrong_RefundsItAndForfeitsTheRest()
    {
        ImmutableArray<HeldReceipt> held = [Held(3, 10, 9), Held(1, 10, 9), Held(2, 10, 9)];

        var verdict = Decide(held, wrong: [2]).Value;

        Assert.Equal(
            [new HeldFeePayment(HeldFeeKind.Refund, Account(102), 10, Hash(2)), new HeldFeePayment(HeldFeeKind.Forfeit, Address.Zero, 17, Hash32.Zero)],
            verdict.Payments);
        Assert.Equal([Hash(2)], verdict.Wrong);
    }

    [Fact]
    public void Decide_HeldIsTooLittle_RefundsAreScaledByLargestRemainder()
    {
        ImmutableArray<HeldReceipt> held = [Held(1, 10, 1), Held(2, 20, 2), Held(3, 10, 1)];

        var verdict = Decide(held, wrong: [1, 2, 3]).Value;

        Assert.Equal([(Account(101), (UInt128)1), (Account(102), (UInt128)2), (Account(103), (UInt128)1)], verdict.Payments.Select(p => (p.To, p.Amount)));
    }

    [Fact]
    public void Decide_NothingHeld_PaysNothing()
    {
        Assert.Empty(Decide([], wrong: []).Value.Payments);
        Assert.Empty(Decide([Held(1, 10, 0)], wrong: [1]).Value.Payments);
    }

    [Fact]
    public void Decide_NotExecutedAgainYet_KeepsTheFeesHeld()
    {
        ImmutableArray<HeldReceipt> held = [Held(1, 10, 3), Held(2, 20, 6)];
        var outputs = new Dictionary<Hash32, Hash32> { [Hash(1)] = held[0].OutputHash };

        Assert.Equal(
            new Rejection(Reason.WrongState, 2, 1, "reexecuted"),
            HostEpochRule.Decide(HostEpochCommitment.Of(Host, 4, held), held, Beacon, 1, outputs).Rejection);
    }

    [Fact]
    public void Decide_OtherReceiptsThanCommitted_IsRefused()
    {
        ImmutableArray<HeldReceipt> held = [Held(1, 10, 3), Held(2, 20, 6)];
        ImmutableArray<HeldReceipt> twice = [held[0], held[0]];
        var commitment = HostEpochCommitment.Of(Host, 4, held);
        var outputs = held.ToDictionary(h => h.Receipt, h => h.OutputHash);

        Assert.Equal(Reason.CommitmentMismatch, HostEpochRule.Decide(commitment, held[..1], Beacon, 1, outputs).Rejection?.Reason);
        Assert.Equal(Reason.CommitmentMismatch, HostEpochRule.Decide(commitment, [held[0], held[1] with { HostFee = 7 }], Beacon, 1, outputs).Rejection?.Reason);
        Assert.Equal(Reason.CommitmentMismatch, HostEpochRule.Decide(HostEpochCommitment.Of(Host, 4, twice), twice, Beacon, 1, outputs).Rejection?.Reason);
    }

    [Fact]
    public void Decide_AnyEpoch_PaymentsSumToWhatWasHeld()
    {
        int released = 0, scaled = 0, forfeited = 0;
        var receipt = Gen.Select(Gen.ULong[1, 1_000], Gen.OneOf(Gen.ULong[0, 100], Gen.ULong[0, 10]), Gen.Int[0, 5], Gen.ULong);
        Gen.Select(Gen.OneOf(receipt.Array[0, 4], receipt.Array[0, 30]), Gen.UInt[0, 4]).Sample(
            (rows, power) =>
            {
                var held = rows.Select((r, i) => Held((ulong)i, r.Item1, r.Item1 * r.Item2 / 100)).ToImmutableArray();
                var outputs = held.Select((h, i) => (h.Receipt, Output: rows[i].Item3 == 0 ? Hash(rows[i].Item4) : h.OutputHash)).ToDictionary(x => x.Receipt, x => x.Output);
                var commitment = HostEpochCommitment.Of(Host, 4, held);

                var verdict = HostEpochRule.Decide(commitment, held, Beacon, 1u << (int)power, outputs).Value;
                var shuffled = HostEpochRule.Decide(commitment, [.. held.Reverse()], Beacon, 1u << (int)power, outputs).Value;

                Assert.Equal(commitment.Held, verdict.Payments.Aggregate((UInt128)0, (sum, p) => sum + p.Amount));
                Assert.Equal(verdict.Payments, shuffled.Payments);
                Assert.All(verdict.Wrong, w => Assert.Contains(w, verdict.Drawn));
                Assert.All(verdict.Payments.Where(p => p.Kind == HeldFeeKind.Refund), p => Assert.True(p.Amount <= held.Single(h => h.Receipt == p.Receipt).Fee));
                Assert.Equal(verdict.Wrong.IsEmpty && commitment.Held > 0, verdict.Payments.Any(p => p.Kind == HeldFeeKind.Release));
                released += verdict.Wrong.IsEmpty ? 1 : 0;
                forfeited += verdict.Payments.Any(p => p.Kind == HeldFeeKind.Forfeit) ? 1 : 0;
                scaled += !verdict.Payments.IsEmpty && verdict.Payments.All(p => p.Kind == HeldFeeKind.Refund) ? 1 : 0;
            },
            iter: 2_000, threads: 1);

        Assert.True(released > 100 && scaled > 20 && forfeited > 100, $"{released} {scaled} {forfeited}");
    }

    [Fact]
    public void Choose_Calls_TakeTheLiveHostsInTurn()
    {
        ImmutableSortedSet<Hash32> live = [Hash(30), Hash(10), Hash(20)];
        var session = Hash(1);

        Assert.Equal([Hash(30), Hash(10), Hash(20), Hash(30)], Enumerable.Range(1, 4).Select(i => HostChoice.Choose(session, (ulong)i, live).Value));
        Assert.Equal(HostChoice.Choose(session, 2, live).Value, HostChoice.Choose(Hash(2), 1, live).Value);
        
        // 2^256 mod 3 is 1; a sum that wrapped around would give the GPU at index 0.
        Assert.Equal(Hash(20), HostChoice.Choose(Hash32.Parse(new string('f', 64)), 1, live).Value);
    }

    [Fact]
    public void Choose_NobodyLive_HasNoHost() => Assert.Equal(Reason.NoHost, HostChoice.Choose(Hash(1), 1, []).Rejection?.Reason);

    private static HeldReceipt Held(ulong n, UInt128 fee, UInt128 hostFee) => new(Hash(n), Account(100 + n), fee, hostFee, Hash(1_000 + n));

    private static Outcome<HostEpochVerdict> Decide(ImmutableArray<HeldReceipt> held, ulong[] wrong) => HostEpochRule.Decide(
        HostEpochCommitment.Of(Host, 4, held), held, Beacon, 1, held.ToDictionary(h => h.Receipt, h => wrong.Any(w => Hash(w) == h.Receipt) ? Hash(9) : h.OutputHash));
}
