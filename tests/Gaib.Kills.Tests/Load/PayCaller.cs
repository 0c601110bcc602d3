using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>Pays singly, in chains and by reservation, out of accounts that nobody else debits; some of it is refused.</summary>
internal sealed class PayCaller : WriterCaller
{
    private static readonly string[] Accounts = ["main", "till", "poor", "other"];

    private readonly AccountId[] _own;
    private readonly Prediction _prediction = new();
    private readonly List<UInt128> _reserved = [];
    private bool _isFunded;

    public PayCaller(int number)
        : base($"pay {number}") =>
        _own = [.. Accounts.Select(name => Names.Person($"{name} of {number}"))];

    public override Holdings Holdings => _prediction.Holdings;

    protected override Transfer[] Draw(Random random)
    {
        if (!_isFunded)
        {
            _isFunded = true;
            return [new Transfer { Debit = AccountId.Issuance, Credit = _own[0], Amount = 1_000_000_000_000 }];
        }

        var count = random.Next(100) switch { < 50 => 1, < 85 => random.Next(2, 20), < 99 => random.Next(20, 120), _ => 700 };
        var transfers = new Transfer[count];
        for (var (i, chained) = (0, 0); i < count; i++)
        {
            chained = chained > 0 ? chained - 1 : random.Next(12) == 0 ? random.Next(1, count == 700 ? 600 : 6) : 0;
            var one = DrawOne(random);
            one.Flags |= chained > 0 && i + 1 < count ? TransferFlags.Linked : TransferFlags.None;
            transfers[i] = one;
        }

        return transfers;
    }

    protected override TransferAnswer[] Predict(Transfer[] transfers)
    {
        _reserved.AddRange(transfers.Where(transfer => transfer.Phase == TransferPhase.Reserve).Select(transfer => transfer.Id));
        _reserved.RemoveRange(0, int.Max(0, _reserved.Count - 40));
        _prediction.Floor = Transfer.IdOf(Writer, AnsweredThrough);
        return _prediction.Answer(transfers);
    }

    private Transfer DrawOne(Random random)
    {
        var inbox = Names.Inbox(random.Next(3));
        return random.Next(100) switch
        {
            < 40 => Pay(0, inbox, random.Next(1, 5_000)),
            < 50 => Pay(0, _own[random.Next(1, 4)], random.Next(0, 300)),
            < 60 => Pay(0, Names.Pool(Names.Shared), random.Next(1, 9_999)),
            < 68 => Pay(random.Next(1, 4), inbox, random.Next(0, 400)),
            < 70 => Pay(2, _own[2], 5),
            < 72 => Pay(1, inbox, 0) with { Flags = TransferFlags.Closing },
            < 84 when _reserved.Count > 0 => new Transfer
            {
                Of = _reserved[random.Next(_reserved.Count)],
                Phase = random.Next(3) == 0 ? TransferPhase.Void : TransferPhase.Post,
                Amount = (UInt128)random.Next(0, 1_200),
            },
            < 90 => Pay(0, inbox, random.Next(1, 1_000)) with { Phase = TransferPhase.Reserve },
            < 92 => Pay(2, inbox, random.Next(1, 1_000)) with { Phase = TransferPhase.Reserve },
            < 93 => new Transfer { Of = Transfer.IdOf(Writer, ulong.MaxValue), Phase = TransferPhase.Post, Amount = 1 },
            _ => Pay(0, _own[3], random.Next(1, 900)),
        };
    }

    private Transfer Pay(int from, AccountId to, int amount) => new() { Debit = _own[from], Credit = to, Amount = (UInt128)amount };
}
