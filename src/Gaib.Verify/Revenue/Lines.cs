using System.Collections.Immutable;
using Gaib.Domain.Money;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Revenue;

/// <summary>A line of pools.ndjson.</summary>
internal sealed record PoolLine(
    LineAt At,
    AccountId Pool,
    AssetId Asset,
    UInt128 Fed,
    UInt128 Acc,
    UInt128 Rem,
    UInt128 Unallocated,
    UInt128 Weight,
    ImmutableArray<PoolMemberLine> Members)
{
    public static PoolLine Read(JsonLine line) => new(
        line.At, line.Account("pool"), line.Asset("asset"), line.Amount("fed"), line.Amount("acc"), line.Amount("rem"),
        line.Amount("unallocated"), line.Amount("weight"), line.List("members", PoolMemberLine.Read));
}

/// <summary>One member of a pool.</summary>
internal sealed record PoolMemberLine(
    AccountId Account, UInt128 Weight, UInt128 Accrued, UInt128 Fraction, UInt128 PaidAcc, UInt128 Collected)
{
    public static PoolMemberLine Read(JsonLine line) => new(
        line.Account("account"), line.Amount("weight"), line.Amount("accrued"), line.Amount("fraction"), line.Amount("paidAcc"),
        line.Amount("collected"));
}
