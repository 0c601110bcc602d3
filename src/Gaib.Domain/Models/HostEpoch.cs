using System.Collections.Immutable;

namespace Gaib.Domain.Models;

/// <summary>One receipt whose host fee is held.</summary>
/// <param name="Receipt">Hash of the receipt.</param>
/// <param name="Payer">The session's payer, who is refunded if the answer was wrong.</param>
/// <param name="Fee">Base units that the payer paid for the call.</param>
/// <param name="HostFee">Base units of it that are held for the host.</param>
/// <param name="OutputHash">What the host answered.</param>
[GenerateSerializer, Immutable]
public sealed record HeldReceipt(
    [property: Id(0)] Hash32 Receipt,
    [property: Id(1)] Address Payer,
    [property: Id(2)] UInt128 Fee,
    [property: Id(3)] UInt128 HostFee,
    [property: Id(4)] Hash32 OutputHash);

/// <summary>What a host commits to when an epoch ends, before the beacon that draws from it.</summary>
/// <param name="Host">The host.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Root">See <see cref="RootOf"/>.</param>
/// <param name="Count">How many receipts.</param>
/// <param name="Held">Base units held for the host.</param>
[GenerateSerializer, Immutable]
public sealed record HostEpochCommitment(
    [property: Id(0)] Address Host,
    [property: Id(1)] ulong Epoch,
    [property: Id(2)] Hash32 Root,
    [property: Id(3)] uint Count,
    [property: Id(4)] UInt128 Held)
{
    /// <summary>The version of the record's form.</summary>
    public const int RecordVersion = 1;

    /// <summary>keccak256 over the words: version, host, epoch, root, count, held.</summary>
    public Hash32 Hash() =>
        new AbiWriter(6).UInt(RecordVersion).Address(Host).UInt(Epoch).Hash(Root).UInt(Count).UInt(Held).Hash();

    /// <summary>keccak256 over the receipts' hashes in ascending order, 32 bytes each; for no receipt the hash of nothing.</summary>
    /// <remarks>The whole list is re-read by whoever settles the epoch, so that no proofs of single receipts are needed.</remarks>
    public static Hash32 RootOf(IEnumerable<Hash32> receipts)
    {
        var words = new AbiWriter(64);
        foreach (var receipt in receipts.Order())
        {
            words.Hash(receipt);
        }

        return words.Hash();
    }

    /// <summary>The commitment to an epoch's receipts.</summary>
    public static HostEpochCommitment Of(Address host, ulong epoch, ImmutableArray<HeldReceipt> receipts)
    {
        UInt128 held = 0;
        foreach (var receipt in receipts)
        {
            held = checked(held + receipt.HostFee);
        }

        return new HostEpochCommitment(host, epoch, RootOf(receipts.Select(r => r.Receipt)), (uint)receipts.Length, held);
    }
}
