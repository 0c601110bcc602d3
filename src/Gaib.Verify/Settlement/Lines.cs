using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Settlement;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Settlement;

/// <summary>A line of settlements.ndjson.</summary>
internal sealed record VoucherLine(
    LineAt At,
    Address Account,
    ulong Chain,
    Address Token,
    UInt128 Cumulative,
    ulong Epoch,
    ulong Deadline,
    ImmutableArray<Signature> Signatures)
{
    public static VoucherLine Read(JsonLine line) => new(
        line.At, line.Person("account"), line.UInt64("chain"), line.Person("token"), line.Amount("cumulative"), line.UInt64("epoch"),
        line.UInt64("deadline"), line.Signatures("signatures"));
}

/// <summary>A line of roots.ndjson.</summary>
internal sealed record RootLine(LineAt At, ulong Chain, ulong Epoch, Hash32 Root, int Depth, ImmutableArray<SettlementSlot> Slots)
{
    public static RootLine Read(JsonLine line) => new(
        line.At, line.UInt64("chain"), line.UInt64("epoch"), line.Hash("root"), line.Int32("depth"),
        line.List("slots", one => new SettlementSlot(one.Person("account"), one.Amount("cumulative"))));
}
