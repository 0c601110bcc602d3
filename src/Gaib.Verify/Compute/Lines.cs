using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Compute;

/// <summary>A line of gpus.ndjson.</summary>
internal sealed record GpuLine(
    LineAt At, Hash32 Gpu, Address Host, string Class, GpuStatus Status, long From, long? To, ImmutableArray<GpuEvidence> Evidence)
{
    public static GpuLine Read(JsonLine line) => new(
        line.At, line.Hash("gpu"), line.Person("host"), line.Text("class"), line.Word<GpuStatus>("status"), line.Int64("from"),
        line.Int64OrNull("to"), line.List("evidence", one => new GpuEvidence(
            one.Hash("seed"), one.Int32("size"), one.Hash("openedWith"), one.Hash("resultHash"), one.Hash("checkBeacon"), one.Bool("passed"))));
}

/// <summary>A line of orders.ndjson.</summary>
internal sealed record OrderLine(
    LineAt At,
    Hash32 Order,
    Address Renter,
    Hash32 Job,
    string Class,
    ulong Count,
    UInt128 Ceiling,
    UInt128 Cap,
    UInt128 Nonce,
    ImmutableArray<Hash32> Leases)
{
    public static OrderLine Read(JsonLine line) => new(
        line.At, line.Hash("order"), line.Person("renter"), line.Hash("job"), line.Text("class"), line.UInt64("count"),
        line.Amount("ceiling"), line.Amount("cap"), line.Amount("nonce"), line.Hashes("leases"));
}

/// <summary>A line of leases.ndjson.</summary>
internal sealed record LeaseLine(
    LineAt At,
    LeaseTerms Terms,
    long? ClosedAt,
    Reason EndReason,
    UInt128 VerifiedMs,
    UInt128 Paid,
    UInt128 Fee,
    UInt128 Refunded,
    UInt128 Forfeited,
    ImmutableArray<LeaseRound> Rounds)
{
    public static LeaseLine Read(JsonLine line)
    {
        var (lease, order, job, gpu) = (line.Hash("lease"), line.Hash("order"), line.Hash("job"), line.Hash("gpu"));
        var terms = new LeaseTerms(
            lease, order, job, gpu, line.Person("host"), line.Person("renter"), line.Text("class"), line.UInt64("macsPerMs"),
            line.Amount("floor"), line.Amount("ceiling"), line.Amount("cap"), line.UInt32("feePpm"), line.Int32("window"),
            line.Int64("openedAt"));
        return new LeaseLine(
            line.At, terms, line.Int64OrNull("closedAt"), line.Reason("endReason"), line.Amount("verifiedMs"), line.Amount("paid"),
            line.Amount("fee"), line.Amount("refunded"), line.Amount("forfeited"), line.List("rounds", ReadRound));
    }

    private static LeaseRound ReadRound(JsonLine line) => new(
        line.Hash("run"), line.Int32("round"), line.Hash("cause"), line.Amount("work"), line.Amount("verifiedMs"), line.Amount("rate"),
        line.Amount("pay"), line.Amount("fee"), line.Word<LeaseRoundStatus>("status"));
}

/// <summary>A line of rates.ndjson.</summary>
internal sealed record RateLine(LineAt At, string Class, long Time, UInt128 Utilisation, UInt128 Rate, UInt128 RateAtTarget)
{
    public static RateLine Read(JsonLine line) => new(
        line.At, line.Text("class"), line.Int64("at"), line.Amount("utilisation"), line.Amount("rate"), line.Amount("rateAtTarget"));
}
