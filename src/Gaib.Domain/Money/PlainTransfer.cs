using System.Runtime.InteropServices;

namespace Gaib.Domain.Money;

/// <summary>Whatever pays one account out of another.</summary>
internal interface IMovement
{
    AccountId Debit { get; }

    AccountId Credit { get; }
}

/// <summary>
/// A transfer that says no more than who pays whom how much: GAIB that moves at once, by itself and without a cause, less than 2^64. It
/// crosses connections and lies in journals in the same 56 bytes, little-endian, fields in this order; its id is given by its place.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = SizeInBytes)]
public readonly struct PlainTransfer : IMovement
{
    /// <summary>Length of one.</summary>
    public const int SizeInBytes = 56;

    private readonly ulong _amount;
    private readonly Address _debit;
    private readonly Address _credit;
    private readonly byte _debitKind;
    private readonly byte _creditKind;
    private readonly byte _flags;
    private readonly byte _zero;
    private readonly ushort _result;
    private readonly ushort _peer;

    /// <summary>What this form holds of a transfer.</summary>
    internal PlainTransfer(in Transfer transfer)
    {
        (_amount, _debit, _credit) = ((ulong)transfer.Amount, transfer.Debit.Key, transfer.Credit.Key);
        (_debitKind, _creditKind) = ((byte)transfer.Debit.Kind, (byte)transfer.Credit.Kind);
        (_flags, _result, _peer) = ((byte)transfer.Flags, (ushort)transfer.Result, (ushort)transfer.Peer);
    }

    /// <summary>Base units.</summary>
    public ulong Amount => _amount;

    /// <summary>The account that pays.</summary>
    public AccountId Debit => new((AccountKind)_debitKind, _debit);

    /// <summary>The account that receives.</summary>
    public AccountId Credit => new((AccountKind)_creditKind, _credit);

    /// <summary>True where it says no more than a writer may say in this form.</summary>
    internal bool IsFormed => (_flags | _zero | _result | _peer) == 0;

    /// <summary>Writes a transfer in this form.</summary>
    /// <returns>False where it says more than this form holds; nothing is written then.</returns>
    public static bool TryWrite(in Transfer transfer, out PlainTransfer plain)
    {
        var fits = CompactTransfer.Fits(transfer)
            && transfer is { Flags: TransferFlags.None, Result: Reason.None, Peer: 0 }
            && transfer.Cause.IsZero;
        plain = fits ? new PlainTransfer(transfer) : default;
        return fits;
    }

    /// <summary>The whole transfer.</summary>
    /// <param name="id">The id that its place gives it.</param>
    public Transfer ToTransfer(UInt128 id) => new()
    {
        Id = id,
        Amount = _amount,
        Debit = Debit,
        Credit = Credit,
        Flags = (TransferFlags)_flags,
        Result = (Reason)_result,
        Peer = _peer,
    };
}
