using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>Feeds its own pool, collects for its members and trades their shares, singly and in chains of which some are taken back.</summary>
internal sealed class PoolCaller() : WriterCaller("pool")
{
    private const int Members = 5;

    private static readonly AssetRecord Asset = Names.Asset(Names.Own);
    private static readonly AccountId Payer = Names.Person("payer of the pool");

    private readonly PoolPrediction _prediction = new(Asset);
    private bool _isBegun;

    public override Holdings Holdings => _prediction.Holdings;

    public PoolPrediction Prediction => _prediction;

    protected override Transfer[] Draw(Random random)
    {
        if (!_isBegun)
        {
            // The whole asset is issued before the first feed, so that the total weight never changes.
            _isBegun = true;
            return
            [
                new Transfer { Debit = AccountId.Issuance, Credit = Names.Member(Names.Own, 0), Asset = Asset.Asset, Amount = Names.Units },
                new Transfer { Debit = AccountId.Issuance, Credit = Payer, Amount = 1_000_000_000_000 },
            ];
        }

        var transfers = new Transfer[random.Next(1, 12)];
        for (var i = 0; i < transfers.Length; i++)
        {
            transfers[i] = DrawOne(random);
            transfers[i].Flags |= i + 1 < transfers.Length && random.Next(3) == 0 ? TransferFlags.Linked : TransferFlags.None;
        }

        return transfers;
    }

    protected override TransferAnswer[] Predict(Transfer[] transfers) => _prediction.Answer(transfers);

    private static Transfer DrawOne(Random random)
    {
        // One more than ever had a share: such a one is owed nothing.
        var (one, other) = (Names.Member(Names.Own, random.Next(Members)), Names.Member(Names.Own, random.Next(Members)));
        return random.Next(10) switch
        {
            < 4 => new Transfer { Debit = Payer, Credit = Asset.Pool, Amount = (UInt128)random.Next(0, 5_000) },
            < 7 => new Transfer { Debit = Asset.Pool, Credit = one, Flags = TransferFlags.Collect, Cause = Keccak.HashUtf8("collect") },
            _ => new Transfer { Debit = one, Credit = other, Asset = Asset.Asset, Amount = (UInt128)random.Next(0, 400) },
        };
    }
}
