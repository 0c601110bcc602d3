using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;

namespace Gaib.Grains.Models;

/// <summary>How a call's fee leaves the session: protocol, host, pool; all or none, each caused by the receipt.</summary>
internal static class SessionTransfers
{
    /// <summary>Ids that a call takes of the session's writer.</summary>
    public const ulong PerCall = 3;

    /// <summary>The cap moves into the session's own account.</summary>
    public static Transfer Escrow(SessionOpened terms) => new()
    {
        Debit = AccountId.Person(terms.Payer),
        Credit = AccountId.Of(AccountKind.Session, terms.Id),
        Amount = terms.Cap,
    };

    /// <summary>What was not spent goes back to the payer; nothing moves where all was spent.</summary>
    public static ImmutableArray<Transfer> Refund(SessionOpened terms, UInt128 rest) => rest == 0 ? [] :
    [
        new Transfer
        {
            Debit = AccountId.Of(AccountKind.Session, terms.Id),
            Credit = AccountId.Person(terms.Payer),
            Amount = rest,
        },
    ];

    /// <summary>The parts of one call's fee.</summary>
    public static ImmutableArray<Transfer> Of(Receipt receipt, FeeSplit split, ulong epoch)
    {
        (AccountId To, UInt128 Amount)[] parts =
        [
            (AccountId.Treasury, split.Protocol),
            (HeldFees.Account(receipt.Host, epoch), split.Host),
            (AccountId.Of(AccountKind.Pool, receipt.Model), split.Fed),
        ];
        var paid = parts.Where(part => part.Amount > 0).ToArray();
        return
        [
            .. paid.Select((part, i) => new Transfer
            {
                Debit = AccountId.Of(AccountKind.Session, receipt.Session),
                Credit = part.To,
                Amount = part.Amount,
                Cause = receipt.Hash,
                Flags = i < paid.Length - 1 ? TransferFlags.Linked : TransferFlags.None,
            }),
        ];
    }
}
