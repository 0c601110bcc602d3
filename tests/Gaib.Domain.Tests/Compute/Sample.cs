using System.Collections.Immutable;

using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>Small values that the tests of this room share.</summary>
internal static class Sample
{
    /// <summary>A thousand base units per verified second at target, a thousand MACs a millisecond.</summary>
    public static readonly GpuClass Class = new("cpu-1", 1_000, (UInt128)1_000 << 32, (UInt128)1 << 32, (UInt128)1_000_000_000 << 32);

    public static readonly MarketParameters Parameters = new(20_000, 8, 64);

    /// <summary>A time on a tick's boundary, so that expectations are round.</summary>
    public const long Start = 1_700_000_040_000;

    public static Hash32 Hash(string tag, int number = 0) => new AbiWriter(2).Utf8(tag).UInt((uint)number).Hash();

    public static Address Account(string name, int number = 0) => Address.FromHash(Hash(name, number));

    /// <summary>A GPU whose challenge was passed; owner i has GPU i.</summary>
    public static Gpu Measured(int i, string gpuClass = "cpu-1") => new(
        Hash("gpu", i), Account("host", i), gpuClass, GpuStatus.Attached,
        new GpuEvidence(Hash("seed"), 8, Hash("beacon"), Hash("result"), Hash("check"), true), [], true, null, Start, null);

    public static PlaceAsk Ask(int i, UInt128 floor, int nonce = 0) =>
        new(new Ask(Account("host", i), Hash("gpu", i), "cpu-1", floor, (UInt128)nonce, long.MaxValue), Measured(i));

    public static PlaceOrder Order(int i, ulong count, UInt128 ceiling, UInt128 cap, long deadline = long.MaxValue) =>
        new(Hash("order", i), new Order(Account("renter", i), Hash("job", i), "cpu-1", count, ceiling, cap, (UInt128)i, deadline));

    public static LeaseTerms Terms(UInt128 cap, uint feePpm = 20_000, int window = 8, ulong macsPerMs = 1_000) => new(
        Hash("lease"), Hash("order"), Hash("job"), Hash("gpu"), Account("host"), Account("renter"), "cpu-1", macsPerMs, 10, 1_000_000, cap,
        feePpm, window, Start);

    /// <summary>Decides and applies, and returns what happened.</summary>
    public static ImmutableArray<MarketEvent> Send(ref Market market, MarketCommand command, long now)
    {
        var events = MarketRule.Decide(market, command, now).Value;
        market = events.Aggregate(market, MarketFold.Evolve);
        return events;
    }

    /// <summary>Decides and applies, and returns what happened.</summary>
    public static ImmutableArray<LeaseEvent> Send(ref Lease lease, LeaseCommand command, long now = Start)
    {
        var events = LeaseRule.Decide(lease, command, now).Value;
        lease = events.Aggregate(lease, LeaseRule.Evolve);
        return events;
    }
}
