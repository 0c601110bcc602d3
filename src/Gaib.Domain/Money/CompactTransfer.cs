using System.Runtime.InteropServices;

namespace Gaib.Domain.Money;

/// <summary>
/// A transfer as most journal rows hold it: GAIB that moves at once, without what all of its run share (writer, rising sequence) or
/// do not have (reservation, expiry, asset, an amount of 2^64 or more). 88 bytes, little-endian, fields in this order; a run whose
/// transfers name no cause leaves the last 32 bytes out.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = SizeInBytes)]
internal struct CompactTransfer
{
    public const int SizeInBytes = 88;

    /// <summary>Length where no transfer of the run has a cause.</summary>
    public const int SizeWithoutCause = PlainTransfer.SizeInBytes;

    /// <summary>Length of what a run of compact rows begins with: writer and first sequence.</summary>
    public const int RunHead = 16;

    public PlainTransfer Plain;
    public Hash32 Cause;

    /// <summary>True where the compact form says all that the transfer says.</summary>
    public static bool Fits(in Transfer transfer) =>
        transfer.Phase == TransferPhase.Single
        && transfer.Asset == AssetId.Gaib
        && (transfer.Of | (transfer.Amount >> 64)) == 0
        && transfer.ExpiresAt == 0
        && transfer.Peer <= ushort.MaxValue
        && (uint)transfer.Debit.Kind <= byte.MaxValue
        && (uint)transfer.Credit.Kind <= byte.MaxValue;

    public static void Write(Span<byte> to, in Transfer transfer)
    {
        ref var compact = ref MemoryMarshal.AsRef<CompactTransfer>(to);
        compact.Plain = new PlainTransfer(transfer);
        compact.Cause = transfer.Cause;
    }

    /// <summary>Reads back what <see cref="Write"/> wrote.</summary>
    /// <param name="from">The transfer's bytes, with or without a cause.</param>
    /// <param name="id">The id that its place in the run gives it.</param>
    public static Transfer Read(ReadOnlySpan<byte> from, UInt128 id)
    {
        Span<byte> whole = stackalloc byte[SizeInBytes];
        whole[SizeWithoutCause..].Clear();
        from.CopyTo(whole);
        ref readonly var compact = ref MemoryMarshal.AsRef<CompactTransfer>(whole);
        return compact.Plain.ToTransfer(id) with { Cause = compact.Cause };
    }
}
