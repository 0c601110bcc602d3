using System.Runtime.InteropServices;

namespace Gaib.Domain.Money;

/// <summary>How far a transfer goes. The numbers are part of the journal format.</summary>
public enum TransferPhase : byte
{
    /// <summary>Moves the amount at once.</summary>
    Single = 0,

    /// <summary>Sets the amount aside until it is posted, voided or expires.</summary>
    Reserve = 1,

    /// <summary>Moves up to the reserved amount and frees the rest.</summary>
    Post = 2,

    /// <summary>Frees the whole reservation.</summary>
    Void = 3,

    /// <summary>Frees the whole reservation because its time is over; made by the book itself.</summary>
    Expire = 4,
}

/// <summary>How a transfer is applied. The numbers are part of the journal format.</summary>
[Flags]
public enum TransferFlags : byte
{
    /// <summary>As it stands.</summary>
    None = 0,

    /// <summary>Fails or succeeds together with the next transfer of the batch.</summary>
    Linked = 1,

    /// <summary>Moves all that the pool (debit) owes its member (credit); the book fills in the amount.</summary>
    Collect = 2,

    /// <summary>Moves all that the debit account has, or posts the whole reservation; the book fills in the amount.</summary>
    Closing = 4,

    /// <summary>Credits what another book has paid to an account of this one; made by the book itself.</summary>
    Arrival = 8,
}

/// <summary>
/// One movement of value, as it is sent, applied and journalled: 152 bytes, little-endian, fields in this order. A journalled
/// transfer carries its resolved amount and its result.
/// </summary>
[GenerateSerializer, Immutable]
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeInBytes)]
public record struct Transfer : IMovement
{
    /// <summary>Length of one journalled transfer.</summary>
    public const int SizeInBytes = 152;

    /// <summary>Writer in the upper 64 bits, the writer's sequence in the lower 64.</summary>
    [Id(0)] public UInt128 Id { get; set; }

    /// <summary>The reservation that a post, void or expire resolves; else 0.</summary>
    [Id(1)] public UInt128 Of { get; set; }

    /// <summary>Base units of the asset. The book fills it in for a collect or a closing, and for void and expire.</summary>
    [Id(2)] public UInt128 Amount { get; set; }

    /// <summary>The account that pays.</summary>
    [Id(3)] public AccountId Debit { get; set; }

    /// <summary>The account that receives.</summary>
    [Id(4)] public AccountId Credit { get; set; }

    /// <summary>Digest of what caused this: a command, a receipt, a round, a valuation, the genesis.</summary>
    [Id(5)] public Hash32 Cause { get; set; }

    /// <summary>What is moved.</summary>
    [Id(6)] public AssetId Asset { get; set; }

    /// <summary>Unix milliseconds at which a reservation expires; 0 for never.</summary>
    [Id(7)] public long ExpiresAt { get; set; }

    /// <summary>The phase.</summary>
    [Id(8)] public TransferPhase Phase { get; set; }

    /// <summary>The flags.</summary>
    [Id(9)] public TransferFlags Flags { get; set; }

    /// <summary>The book's answer; 0 while none was given, and for an applied transfer.</summary>
    [Id(10)] public Reason Result { get; set; }

    /// <summary>
    /// The number of another book + 1, where the credit account is, or for an arrival the payer; 0 where all is in this book. The book fills it in.
    /// </summary>
    [Id(11)] public uint Peer { get; set; }

    /// <summary>The issued number of whoever wrote this transfer.</summary>
    public readonly ulong Writer => (ulong)(Id >> 64);

    /// <summary>The writer's own sequence.</summary>
    public readonly ulong Sequence => (ulong)Id;

    /// <summary>True when it fails or succeeds together with the next one.</summary>
    public readonly bool IsLinked => (Flags & TransferFlags.Linked) != 0;

    /// <summary>True when a pool pays its member all that it owes it.</summary>
    public readonly bool IsCollect => (Flags & TransferFlags.Collect) != 0;

    /// <summary>True when all that is left moves.</summary>
    public readonly bool IsClosing => (Flags & TransferFlags.Closing) != 0;

    /// <summary>True when it comes from another book.</summary>
    public readonly bool IsArrival => (Flags & TransferFlags.Arrival) != 0;

    /// <summary>True when the book, not the writer, says how much moves.</summary>
    public readonly bool IsResolvedByBook => IsCollect || IsClosing || Phase is TransferPhase.Void or TransferPhase.Expire;

    /// <summary>Joins a writer and its sequence to an id.</summary>
    public static UInt128 IdOf(ulong writer, ulong sequence) => new(writer, sequence);

    /// <summary>
    /// 64 bits that differ, but for one chance in 2^64, when any field but the id that the writer sets differs. It tells a repeated transfer
    /// from another one that took its id; writers are the runtime's own, so it need not resist an adversary.
    /// </summary>
    public readonly ulong Fingerprint()
    {
        var amount = IsResolvedByBook ? 0 : Amount;

        // The book copies these from the reservation.
        var (debit, credit, asset) = Of == 0 ? (Debit, Credit, Asset) : default;
        var rest = (ulong)(amount >> 64) | (ulong)(Of >> 64) | (ulong)Of | asset.Value | (ulong)ExpiresAt | (uint)Phase | (uint)Flags;
        var plain = Mixed((ulong)amount, debit, credit);
        return rest == 0 && Cause.IsZero ? plain : Fold(plain ^ RestOf((ulong)(amount >> 64), asset));
    }

    /// <summary>The fingerprint of a transfer that says no more than this.</summary>
    internal static ulong FingerprintOf(ulong amount, AccountId debit, AccountId credit) => Mixed(amount, debit, credit);

    /// <summary>Four products beside each other, each of two words: a chain would wait for each product.</summary>
    private static ulong Mixed(ulong amount, AccountId debit, AccountId credit)
    {
        var (d, c) = (debit.Key.Words, credit.Key.Words);
        return Fold(
            Mul(amount ^ First, (((ulong)debit.Kind << 32) | (ulong)credit.Kind) ^ Odd)
            ^ Mul(d.A ^ Factor, d.B ^ First)
            ^ Mul(c.A ^ Odd, c.B ^ Factor)
            ^ Mul((((ulong)d.C << 32) | c.C) ^ Third, Odd));
    }

    /// <summary>What most transfers don't have, in a chain of products.</summary>
    private readonly ulong RestOf(ulong amountUpper, AssetId asset)
    {
        var hash = First;
        hash = Fold(hash ^ amountUpper);
        hash = Fold(hash ^ (ulong)(Of >> 64));
        hash = Fold(hash ^ (ulong)Of);
        hash = Fold(hash ^ asset.Value);
        hash = Fold(hash ^ (ulong)ExpiresAt);
        hash = Fold(hash ^ ((ulong)Phase << 8) ^ (ulong)Flags);
        var cause = Cause;
        foreach (var word in MemoryMarshal.Cast<Hash32, ulong>(new ReadOnlySpan<Hash32>(in cause)))
        {
            hash = Fold(hash ^ word);
        }

        return hash;
    }

    /// <summary>What <see cref="Fingerprint"/> gave when snapshots had version 3: what was answered then is still known by it.</summary>
    internal readonly ulong FingerprintOfVersion3()
    {
        var copy = Told();
        var words = MemoryMarshal.Cast<byte, ulong>(MemoryMarshal.AsBytes(new ReadOnlySpan<Transfer>(in copy)));
        var (a, b, c, d) = (Fold(words[16]), Fold(words[17]), Fold(words[18]), First);
        for (var i = 0; i < 16; i += 4)
        {
            a = Fold(a ^ words[i]);
            b = Fold(b ^ words[i + 1]);
            c = Fold(c ^ words[i + 2]);
            d = Fold(d ^ words[i + 3]);
        }

        return Fold(Fold(a ^ Fold(b)) ^ Fold(c ^ Fold(d ^ Factor)));
    }

    /// <summary>What <see cref="Fingerprint"/> gave when snapshots had version 2: what was answered then is still known by it.</summary>
    internal readonly ulong FingerprintOfVersion2()
    {
        var copy = Told();
        var hash = First;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(MemoryMarshal.AsBytes(new ReadOnlySpan<Transfer>(in copy))))
        {
            hash = Fold(hash ^ word);
        }

        return hash;
    }

    private const ulong First = 0x9E3779B97F4A7C15UL;
    private const ulong Factor = 0xD6E8FEB86659FD93UL;
    private const ulong Odd = 0xA0761D6478BD642FUL;
    private const ulong Third = 0xE7037ED1A0B428DBUL;

    /// <summary>What the writer has told, and nothing that the book fills in.</summary>
    private readonly Transfer Told()
    {
        var told = this;
        (told.Result, told.Peer) = (Reason.None, 0);
        told.Amount = IsResolvedByBook ? 0 : Amount;
        if (Of != 0)
        {
            // The book copies these from the reservation.
            (told.Debit, told.Credit, told.Asset) = (default, default, default);
        }

        return told;
    }

    private static ulong Fold(ulong word) => Math.BigMul(word, Factor, out var low) ^ low ^ First;

    private static ulong Mul(ulong a, ulong b) => Math.BigMul(a, b, out var low) ^ low;
}

/// <summary>What the book answers to one transfer.</summary>
/// <param name="Result">None when applied.</param>
/// <param name="Amount">Base units that moved or were set aside; 0 when refused.</param>
[GenerateSerializer, Immutable]
public readonly record struct TransferAnswer([property: Id(0)] Reason Result, [property: Id(1)] UInt128 Amount)
{
    /// <summary>True when the transfer was applied.</summary>
    public bool Applied => Result == Reason.None;
}
