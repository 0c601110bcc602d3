using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Verify.Reading;

namespace Gaib.Verify.Models;

/// <summary>A line of models.ndjson.</summary>
internal sealed record ModelLine(
    LineAt At,
    Hash32 Model,
    Address Developer,
    Hash32 Job,
    ImmutableArray<Hash32> Runs,
    ImmutableArray<Hash32> Datasets,
    ImmutableArray<ParentShare> Parents,
    Hash32 Weights,
    Hash32 Settings,
    Hash32 Hash)
{
    public static ModelLine Read(JsonLine line) => new(
        line.At, line.Hash("model"), line.Person("developer"), line.Hash("job"), line.Hashes("runs"), line.Hashes("datasets"),
        line.List("parents", one => new ParentShare(one.Hash("model"), one.UInt32("sharePpm"))), line.Hash("weights"),
        line.Hash("settings"), line.Hash("hash"));
}

/// <summary>A line of prices.ndjson.</summary>
internal sealed record PriceLine(LineAt At, Hash32 Price, Hash32 Model, UInt128 UnitPrice, UInt128 HostUnitFee, ulong FromSequence)
{
    public static PriceLine Read(JsonLine line) => new(
        line.At, line.Hash("price"), line.Hash("model"), line.Amount("unitPrice"), line.Amount("hostUnitFee"), line.UInt64("fromSequence"));
}

/// <summary>What a line of shares.ndjson is for.</summary>
internal enum ShareLineClass
{
    Data = 1,
    Compute = 2,
    Developer = 3,
    Holders = 4,
    Parents = 5,
    Stake = 6,
}

/// <summary>A line of shares.ndjson.</summary>
internal sealed record ShareLine(LineAt At, Hash32 Model, AccountId Account, ShareLineClass Class, UInt128 Units)
{
    public static ShareLine Read(JsonLine line) => new(
        line.At, line.Hash("model"), line.Account("account"), line.Word<ShareLineClass>("class"), line.Amount("units"));
}

/// <summary>A line of sessions.ndjson.</summary>
internal sealed record SessionLine(
    LineAt At,
    Hash32 Session,
    Hash32 Model,
    Address Payer,
    Address Key,
    UInt128 Cap,
    UInt128 Window,
    long Expiry,
    Hash32 Price,
    SessionPhase Phase,
    UInt128 Fees,
    ulong FeeRemainder,
    ImmutableArray<AckLine> Acks)
{
    public static SessionLine Read(JsonLine line) => new(
        line.At, line.Hash("session"), line.Hash("model"), line.Person("payer"), line.Person("key"), line.Amount("cap"),
        line.Amount("window"), line.Int64("expiry"), line.Hash("price"), line.Word<SessionPhase>("phase"), line.Amount("fees"),
        line.UInt64("feeRemainder"), line.List("acks", AckLine.Read));
}

/// <summary>One acknowledgement by a session key.</summary>
internal sealed record AckLine(UInt128 Cumulative, Hash32 Head, Signature Signature)
{
    public static AckLine Read(JsonLine line) => new(line.Amount("cumulative"), line.Hash("headReceiptHash"), line.Signature("signature"));
}

/// <summary>A line of receipts.ndjson.</summary>
internal sealed record ReceiptLine(
    LineAt At,
    Receipt Receipt,
    Hash32 Hash,
    UInt128 Protocol,
    UInt128 HostFee,
    UInt128 Fed,
    ImmutableArray<byte> Input,
    ImmutableArray<byte> Output)
{
    public static ReceiptLine Read(JsonLine line) => new(
        line.At,
        new Receipt(
            line.Hash("session"), line.UInt64("seq"), line.Hash("model"), line.Hash("price"), line.UInt32("units"), line.Amount("fee"),
            line.Hash("gpu"), line.Person("host"), line.Hash("weights"), line.Hash("inputHash"), line.Hash("outputHash"),
            line.Int64("at"), line.Hash("previous")),
        line.Hash("hash"), line.Amount("protocol"), line.Amount("hostFee"), line.Amount("fed"), line.Bytes("input"), line.Bytes("output"));
}

/// <summary>A line of hostEpochs.ndjson.</summary>
internal sealed record HostEpochLine(
    LineAt At,
    Address Host,
    ulong Epoch,
    Hash32 Root,
    uint Count,
    UInt128 Held,
    ulong BeaconEpoch,
    ImmutableArray<Hash32> Drawn,
    ImmutableArray<ReceiptCheckLine> Checks,
    ImmutableArray<Hash32> Wrong,
    ImmutableArray<HeldPaymentLine> Payments)
{
    public static HostEpochLine Read(JsonLine line) => new(
        line.At, line.Person("host"), line.UInt64("epoch"), line.Hash("root"), line.UInt32("count"), line.Amount("held"),
        line.UInt64("beaconEpoch"), line.Hashes("drawn"),
        line.List("checks", one => new ReceiptCheckLine(one.Hash("receipt"), one.Hash("gpu"), one.Hash("outputHash"))),
        line.Hashes("wrong"),
        line.List("payments", one => new HeldPaymentLine(
            one.Word<HeldFeeKind>("kind"), one.Account("to"), one.Amount("amount"), one.Hash("receipt"))));
}

/// <summary>One receipt that was executed again.</summary>
internal sealed record ReceiptCheckLine(Hash32 Receipt, Hash32 Gpu, Hash32 OutputHash);

/// <summary>One payment out of a host's held fees.</summary>
internal sealed record HeldPaymentLine(HeldFeeKind Kind, AccountId To, UInt128 Amount, Hash32 Receipt);
