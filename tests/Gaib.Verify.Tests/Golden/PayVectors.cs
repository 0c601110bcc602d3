using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Models;
using Gaib.Domain.Revenue;

namespace Gaib.Verify.Tests.Golden;

/// <summary>Everything that divides: rates, bills, fees, pools, shares.</summary>
internal static class PayVectors
{
    private static readonly GpuClass Class = new("cpu-1", 10, (UInt128)10_000_000 << 32, (UInt128)625_000 << 32, (UInt128)160_000_000 << 32);

    public static IEnumerable<JsonObject> All() => [Split(), Rate(), Bills(), LeaseCauses(), Fees(), ReceiptHash(), Pool(), Shares()];

    private static JsonObject Split()
    {
        (UInt128 Total, UInt128[] Weights)[] cases =
            [(10, [1, 1, 1]), (1_000_000_000, [3, 0, 5, 7, 7]), (5, [0, 0]), (UInt128.MaxValue, [UInt128.MaxValue, 1, UInt128.MaxValue])];
        return VectorFile.Of(
            "largestRemainder",
            cases.Select(one => new { total = one.Total, weights = one.Weights }),
            cases.Select(one => LargestRemainder.Split(one.Total, one.Weights)));
    }

    private static JsonObject Rate()
    {
        // Nothing is offered for half a minute; then four GPUs, of which none, all, three are leased; the last tick is open.
        CapacityStep[] steps = [new(Inputs.Time + 30_000, 4, 0), new(Inputs.Time + 150_000, 4, 4), new(Inputs.Time + 300_000, 4, 3)];
        var until = Inputs.Time + 500_000;
        return VectorFile.Of(
            "rate",
            new
            {
                openedAt = Inputs.Time, until, rateAtTarget = Class.InitialRateAtTarget, rateMin = Class.MinRateAtTarget,
                rateMax = Class.MaxRateAtTarget, capacity = steps.Select(step => new { at = step.At, offered = step.Offered, leased = step.Leased }),
            },
            RateRule.Ticks(Class, Inputs.Time, steps, until)
                .Select(tick => new { at = tick.At, utilisation = tick.Utilisation, rateAtTarget = tick.RateAtTarget, rate = tick.Rate }));
    }

    private static LeaseTerms Terms() => new(
        Inputs.Hash("lease"), Inputs.Hash("order"), Inputs.Hash("job"), Inputs.Hash("gpu"), Inputs.Person("host"), Inputs.Person("renter"), "cpu-1",
        7, 1, 1_000_000_000, 1_000_000_000_000, 25_000, 2, Inputs.Time);

    private static ImmutableArray<LeaseRound> Rounds()
    {
        (UInt128 Work, UInt128 Rate)[] work = [(100_001, 10_000_003), (100_001, 10_000_003), (50_000, 9_999_999)];
        return LeasePayments.Rebill(
            Terms(), work.Select((row, i) => new BilledWork(Inputs.Hash("run"), i, Inputs.Hash($"round {i}"), row.Work, row.Rate)));
    }

    private static JsonObject Bills() => VectorFile.Of(
        "leaseBill",
        new { macsPerMs = "7", feePpm = 25_000, rounds = Rounds().Select(round => new { work = round.Work, rate = round.Rate }) },
        Rounds().Select(round => new { verifiedMs = round.VerifiedMs, pay = round.Pay, fee = round.Fee }));

    private static JsonObject LeaseCauses()
    {
        var round = Rounds()[^1];
        return VectorFile.Of(
            "leaseCauses",
            new
            {
                lease = Terms().Lease,
                round = new
                {
                    run = round.Run, round = round.Round, cause = round.Cause, work = round.Work, verifiedMs = round.VerifiedMs, rate = round.Rate,
                    pay = round.Pay, fee = round.Fee,
                },
                closed = new { endReason = (int)Reason.HostLost, forfeited = "0", refunded = "123456789" },
            },
            new { roundCause = LeasePayments.RoundCause(Terms().Lease, round), refundCause = LeasePayments.RefundCause(Terms().Lease, Reason.HostLost, 0, 123_456_789) });
    }

    private static JsonObject Fees()
    {
        var price = PriceRecord.Of(Inputs.Hash("model"), 333_333, 66_666, 4_321);
        var (remainder, splits) = (0UL, new List<FeeSplit>());
        uint[] units = [1, 7, 1, 40];
        foreach (var count in units)
        {
            splits.Add(FeeRule.Split(price, count, 25_000, remainder));
            remainder = splits[^1].Remainder;
        }

        return VectorFile.Of(
            "feeSplit",
            new { model = price.Model, unitPrice = price.UnitPrice, hostUnitFee = price.HostUnitFee, fromSequence = price.FromSequence, protocolFeePpm = 25_000, units },
            new
            {
                price = price.Id,
                splits = splits.Select(split => new { fee = split.Fee, protocol = split.Protocol, host = split.Host, fed = split.Fed, remainder = split.Remainder }),
            });
    }

    private static JsonObject ReceiptHash()
    {
        var receipt = new Receipt(
            Inputs.Hash("session"), 2, Inputs.Hash("model"), Inputs.Hash("price"), 7, 2_333_331, Inputs.Hash("gpu"), Inputs.Person("host"),
            Inputs.Hash("weights"), Inputs.Hash("input"), Inputs.Hash("output"), Inputs.Time, Inputs.Hash("receipt"));
        return VectorFile.Of(
            "receipt",
            new
            {
                session = receipt.Session, seq = 2, model = receipt.Model, price = receipt.Price, units = receipt.Units, fee = receipt.Fee,
                gpu = receipt.Gpu, host = receipt.Host, weights = receipt.Weights, inputHash = receipt.InputHash, outputHash = receipt.OutputHash,
                at = receipt.At, previous = receipt.Previous,
            },
            receipt.Hash);
    }

    private static JsonObject Pool()
    {
        var (pool, members) = (new PoolState(), new PoolMember[2]);
        PoolRule.Feed(ref pool, 5);
        PoolRule.SetWeight(ref pool, ref members[0], 2);
        PoolRule.SetWeight(ref pool, ref members[1], 1);
        PoolRule.Feed(ref pool, 100);
        PoolRule.SetWeight(ref pool, ref members[0], 1);
        PoolRule.SetWeight(ref pool, ref members[1], 2);
        PoolRule.Feed(ref pool, 1);
        PoolRule.Settle(pool, ref members[0]);
        PoolRule.Settle(pool, ref members[1]);
        return VectorFile.Of(
            "pool",
            new { steps = new[] { "feed 5", "weight of a = 2", "weight of b = 1", "feed 100", "weight of a = 1", "weight of b = 2", "feed 1", "settle a", "settle b" } },
            new
            {
                acc = pool.Acc, rem = pool.Rem, unallocated = pool.Unallocated, fed = pool.Fed,
                members = members.Select(member => new { accrued = member.Accrued, fraction = member.Fraction, paidAcc = member.PaidAcc }),
            });
    }

    private static JsonObject Shares()
    {
        Address[] people = [.. new[] { "ada", "grace", "alan" }.Select(Inputs.Person).Order()];
        UInt128[] attribution = [30, 10, 30];
        var inputs = new ShareIssueInputs(
            Inputs.Hash("model"), Inputs.Person("developer"), [new ParentShare(Inputs.Hash("parent"), 50_000)],
            [.. people.Select((person, i) => new AccountWeight(person, attribution[i]))], [new AccountWeight(people[1], 12_345)], []);
        var issue = ShareIssueRule.Decide(inputs, new ClassUnits(400_000_000, 250_000_000, 250_000_000, 100_000_000)).Value;
        return VectorFile.Of(
            "shareIssue",
            new
            {
                model = inputs.Model, developer = inputs.Developer, parents = inputs.Parents.Select(parent => new { model = parent.Model, sharePpm = parent.SharePpm }),
                attribution = inputs.Attribution.Select(Shown), work = inputs.Work.Select(Shown), stakes = Array.Empty<object>(),
                classUnits = new { data = "400000000", compute = "250000000", developer = "250000000", holders = "100000000" },
            },
            new
            {
                people = issue.People.Select(row => new { @class = $"{row.Class}", account = row.Account, units = row.Units }),
                pools = issue.Pools.Select(row => new { @class = $"{row.Class}", pool = row.Pool, units = row.Units }),
            });
    }

    private static object Shown(AccountWeight row) => new { account = row.Account, weight = row.Weight };
}
