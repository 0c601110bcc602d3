using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Money;

/// <summary>A line of transfers.ndjson.</summary>
internal sealed record TransferLine(
    LineAt At,
    ulong Seq,
    UInt128 Id,
    AccountId Debit,
    AccountId Credit,
    AssetId Asset,
    UInt128 Amount,
    TransferPhase Phase,
    UInt128 Of,
    long ExpiresAt,
    bool Linked,
    Hash32 Cause,
    long Time)
{
    /// <summary>True when it moves value: a single transfer, or the posting of a reservation.</summary>
    public bool Moves => Phase is TransferPhase.Single or TransferPhase.Post;

    public static TransferLine Read(JsonLine line) => new(
        line.At, line.UInt64("seq"), line.Amount("id"), line.Account("debit"), line.Account("credit"), line.Asset("asset"),
        line.Amount("amount"), line.Word<TransferPhase>("phase"), line.Amount("of"), line.Int64("expiresAt"), line.Bool("linked"),
        line.Hash("cause"), line.Int64("at"));
}

/// <summary>A line of accounts.ndjson.</summary>
internal sealed record AccountLine(
    LineAt At,
    AccountId Account,
    AccountKind Kind,
    AssetId Asset,
    UInt128 Debits,
    UInt128 Credits,
    UInt128 PendingDebits,
    UInt128 PendingCredits)
{
    public static AccountLine Read(JsonLine line) => new(
        line.At, line.Account("account"), line.Word<AccountKind>("kind"), line.Asset("asset"), line.Amount("debits"),
        line.Amount("credits"), line.Amount("pendingDebits"), line.Amount("pendingCredits"));
}

/// <summary>A line of assets.ndjson.</summary>
internal sealed record AssetLine(LineAt At, AssetId Asset, AccountId Pool, bool Frozen, Hash32 Model)
{
    public static AssetLine Read(JsonLine line) =>
        new(line.At, line.Asset("asset"), line.Account("pool"), line.Bool("frozen"), line.Hash("model"));
}
