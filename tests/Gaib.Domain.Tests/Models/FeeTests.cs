using CsCheck;
using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Models;

public sealed class FeeTests
{
    [Fact]
    public void Split_Example_CarriesTheRemainder()
    {
        var price = PriceRecord.Of(ModelId, 7, 2, 1);

        var first = FeeRule.Split(price, 3, 25_000, 600_000);
        var second = FeeRule.Split(price, 3, 25_000, first.Remainder);

        // 21·25,000 + 600,000 = 1,125,000; then 525,000 + 125,000.
        Assert.Equal(new FeeSplit(21, 1, 6, 14, 125_000), first);
        Assert.Equal(new FeeSplit(21, 0, 6, 15, 650_000), second);
    }

    [Fact]
    public void Split_ManyCalls_TheProtocolGetsItsPartToTheUnit()
    {
        var price = PriceRecord.Of(ModelId, 1_003, 17, 1);
        var count = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 10_000_000 : 100_000;
        UInt128 fees = 0, protocol = 0, host = 0, fed = 0;
        ulong remainder = 0;
        uint units = 1;
        for (var i = 0; i < count; i++)
        {
            units = (uint)((units * 48_271UL) % 2_147_483_647);
            var split = FeeRule.Split(price, (units % 900) + 1, 33_333, remainder);
            (fees, protocol, host, fed) = (fees + split.Fee, protocol + split.Protocol, host + split.Host, fed + split.Fed);
            remainder = split.Remainder;
        }

        Assert.Equal(fees, protocol + host + fed);
        Assert.Equal(fees * 33_333, (protocol * 1_000_000) + remainder);
    }

    [Theory]
    [InlineData(10, 9, true)]
    [InlineData(10, 10, false)]
    [InlineData(1, 0, true)]
    [InlineData(1, 1, false)]
    [InlineData(19, 17, true)]
    [InlineData(19, 18, false)]
    public void CheckPrice_HostFee_IsAtMostNineTenths(ulong unitPrice, ulong hostUnitFee, bool accepted) =>
        Assert.Equal(accepted ? null : new Rejection(Reason.PriceInvalid, unitPrice * 9 / 10, hostUnitFee, "hostUnitFee"), FeeRule.CheckPrice(unitPrice, hostUnitFee));

    [Fact]
    public void CheckPrice_UnitPriceOutOfRange_IsRefused()
    {
        Assert.Equal(Reason.FieldOutOfRange, FeeRule.CheckPrice(0, 0)?.Reason);
        Assert.Equal(Reason.FieldOutOfRange, FeeRule.CheckPrice(1UL << 63, 0)?.Reason);
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, long.MaxValue, Int128.MaxValue, "unitPrice"), FeeRule.CheckPrice(UInt128.MaxValue, 0));
        Assert.Equal(new Rejection(Reason.PriceInvalid, 90, Int128.MaxValue, "hostUnitFee"), FeeRule.CheckPrice(100, UInt128.MaxValue));
    }

    [Fact]
    public void CheckPrice_Accepted_NeverFeedsLessThanNothing()
    {
        int tight = 0, huge = 0;
        var units = Gen.OneOf(Gen.UInt[1, 20], Gen.UInt[1, FeeRule.UnitsLimit]);
        var ppm = Gen.OneOf(Gen.Const(FeeRule.ProtocolFeePpmLimit), Gen.UInt[0, FeeRule.ProtocolFeePpmLimit]);
        var unitPrice = Gen.OneOf(Gen.ULong[1, 40], Gen.ULong[1, long.MaxValue]);
        var less = Gen.OneOf(Gen.Const(0UL), Gen.ULong[0, 20]);
        Gen.Select(unitPrice, less, units, ppm, Gen.ULong[0, 999_999]).Sample(
            (asked, below, n, feePpm, remainder) =>
            {
                var most = (UInt128)asked * 9 / 10;
                var price = PriceRecord.Of(ModelId, asked, most - UInt128.Min(most, below), 1);
                Assert.Null(FeeRule.CheckPrice(price.UnitPrice, price.HostUnitFee));

                // Split is checked arithmetic: a negative part would throw.
                var split = FeeRule.Split(price, n, feePpm, remainder);
                Assert.Equal(split.Fee, split.Protocol + split.Host + split.Fed);
                tight += split.Fed <= 1 ? 1 : 0;
                huge += asked > long.MaxValue / 2 ? 1 : 0;
            },
            iter: 20_000, threads: 1);

        Assert.True(tight > 100 && huge > 1_000, $"{tight} {huge}");
    }

    [Fact]
    public void Split_PriceJustAboveTheBound_WouldFeedLessThanNothing()
    {
        var price = PriceRecord.Of(ModelId, 19, 18, 1);

        Assert.Throws<OverflowException>(() => FeeRule.Split(price, 1, FeeRule.ProtocolFeePpmLimit, 999_999));
    }

    [Fact]
    public void Split_CallersBug_Throws()
    {
        var price = PriceRecord.Of(ModelId, 19, 1, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => FeeRule.Split(price, 1, 1, 1_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => FeeRule.Split(price, 1, FeeRule.ProtocolFeePpmLimit + 1, 0));
    }
}
