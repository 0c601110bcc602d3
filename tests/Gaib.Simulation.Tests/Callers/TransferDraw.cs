using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Callers;

/// <summary>Draws transfers, most of them sensible, so that every reason to refuse one is met.</summary>
internal sealed class TransferDraw(Random random, Town town, uint book)
{
    private static readonly AssetId Unknown = new(77);

    private readonly List<UInt128> _reserved = [];

    /// <summary>Some transfers of a writer from a sequence on, some of them linked.</summary>
    public Transfer[] Draw(ulong writer, ulong first, long now)
    {
        var transfers = new Transfer[1 + random.Next(4)];
        for (var i = 0; i < transfers.Length; i++)
        {
            var id = Transfer.IdOf(writer, first + (ulong)i);
            var linked = i + 1 < transfers.Length && random.Next(3) == 0 ? TransferFlags.Linked : TransferFlags.None;
            var drawn = DrawOne(now);
            transfers[i] = drawn with { Id = id, Flags = drawn.Flags | linked };
            if (drawn.Phase == TransferPhase.Reserve)
            {
                _reserved.Add(id);
            }
        }

        if (random.Next(60) == 0)
        {
            transfers[^1].Flags |= TransferFlags.Linked;
        }

        return transfers;
    }

    /// <summary>One transfer without an id.</summary>
    public Transfer DrawOne(long now)
    {
        var transfer = random.Next(20) switch
        {
            < 6 => new Transfer { Debit = Payer(), Credit = Person(), Amount = Amount() },
            < 9 => new Transfer { Debit = Payer(), Credit = Pool(), Amount = Amount() },
            < 13 when book > 0 && random.Next(6) > 0 => new Transfer { Debit = Payer(), Credit = Person(), Amount = Amount() },
            < 13 => Shares(),
            < 15 => new Transfer { Debit = Pool(), Credit = Member(), Flags = TransferFlags.Collect },
            < 18 => Resolving(),
            _ => Odd(),
        };
        if (transfer.Phase != TransferPhase.Single)
        {
            return transfer;
        }

        if (random.Next(6) == 0)
        {
            transfer.Phase = TransferPhase.Reserve;
            transfer.ExpiresAt = random.Next(2) == 0 ? 0 : now + random.Next(-200, 1_500);
        }

        transfer.Flags |= random.Next(25) == 0 ? TransferFlags.Closing : TransferFlags.None;
        return transfer;
    }

    /// <summary>Pools that pay their members, some of them no pools and no members.</summary>
    public PoolCollect[] Collects() =>
        random.Next(4) > 0 ? [] : [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => new PoolCollect(random.Next(12) == 0 ? Person() : Pool(), Member()))];

    private AccountId Person() => town.People[random.Next(town.People.Length)];

    /// <summary>Mostly somebody of the book that is asked.</summary>
    private AccountId Payer() => town.Books == 1 || random.Next(12) == 0 ? Person() : town.Of(book)[random.Next(town.Of(book).Length)];

    private AccountId Pool() => Cast.Pools[random.Next(Cast.Pools.Length)];

    private AccountId Member() => random.Next(4) == 0 ? Pool() : random.Next(15) == 0 ? default : Person();

    private UInt128 Amount() => random.Next(20) == 0 ? 0 : (UInt128)random.Next(1, 4_000);

    private Transfer Shares() => new()
    {
        Debit = random.Next(10) == 0 ? AccountId.Issuance : Person(),
        Credit = random.Next(5) == 0 ? Pool() : Person(),
        Asset = random.Next(15) == 0 ? Unknown : Cast.Assets[random.Next(Cast.Assets.Length)].Asset,
        Amount = (UInt128)random.Next(1, 30_000_000),
    };

    private Transfer Resolving() => new()
    {
        Of = _reserved.Count == 0 ? 1
            : random.Next(12) == 0 ? _reserved[random.Next(_reserved.Count)] - (uint)random.Next(3)
            : _reserved[random.Next(int.Max(0, _reserved.Count - 12), _reserved.Count)],
        Amount = (UInt128)random.Next(0, 500),
        Phase = random.Next(10) switch { 0 => TransferPhase.Expire, < 4 => TransferPhase.Void, _ => TransferPhase.Post },
        Flags = random.Next(12) == 0 ? TransferFlags.Collect : random.Next(4) == 0 ? TransferFlags.Closing : TransferFlags.None,
    };

    /// <summary>
    /// What is paid to a pool of another book that can't take it stays due, and no command of that book is answered any more. So only the
    /// book in which nobody opens sessions pays so, and seldom, since a total that is too much for a pool keeps back all after it.
    /// </summary>
    private bool MayStick() => book == 2 && random.Next(3) == 0;

    private Transfer Odd() => random.Next(town.Books == 1 ? 7 : 9) switch
    {
        0 when book == 0 || MayStick() => new Transfer { Debit = AccountId.Issuance, Credit = Pool(), Amount = UInt128.One << 63 },
        1 => Cast.Issue(Person(), Cast.Assets[0].Asset, UInt128.One << 63),
        2 => new Transfer { Debit = Person(), Credit = Person(), Amount = UInt128.One << 127 },
        3 => new Transfer { Debit = Person(), Credit = new AccountId((AccountKind)99, Cast.People[0]), Amount = 1 },
        4 => new Transfer { Debit = Pool(), Credit = Person(), Amount = 1 },
        5 when book == 0 || MayStick() => new Transfer { Debit = Payer(), Credit = AccountId.Of(AccountKind.Pool, Cast.Models[3]), Amount = 1 },
        7 => new Transfer { Debit = Payer(), Credit = AccountId.DueTo(0), Amount = 1 },
        8 => new Transfer { Debit = AccountId.DueFrom(0), Credit = Payer(), Amount = 1, Flags = TransferFlags.Arrival },
        _ => new Transfer { Debit = Person(), Credit = Person(), Amount = 1, Phase = (TransferPhase)9 },
    };
}
