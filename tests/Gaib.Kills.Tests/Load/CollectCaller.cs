using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>
/// Collects from the pool that all feed. How much each collect moves depends on the others; but what was answered once stands, and in the
/// end each member has earned ⌊weight · ⌊2^64 · fed / total⌋ / 2^64⌋, in whatever order all of that came.
/// </summary>
internal sealed class CollectCaller() : WriterCaller("collect")
{
    private const int Members = 4;

    private static readonly AssetRecord Asset = Names.Asset(Names.Shared);

    private bool _isBegun;

    public override Holdings Holdings { get; } = new();

    /// <summary>Base units that each member has collected, as it was answered.</summary>
    public Dictionary<AccountId, BigInteger> Collected { get; } = [];

    public static ulong WeightOf(int member) => member == 0 ? Names.Units - 60 : 20;

    public static IEnumerable<AccountId> AllMembers => Enumerable.Range(0, Members).Select(i => Names.Member(Names.Shared, i));

    protected override Transfer[] Draw(Random random)
    {
        if (!_isBegun)
        {
            _isBegun = true;
            return [.. AllMembers.Select((member, i) => new Transfer
            {
                Debit = AccountId.Issuance, Credit = member, Asset = Asset.Asset, Amount = WeightOf(i),
            })];
        }

        return [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Transfer
        {
            Debit = Asset.Pool, Credit = Names.Member(Names.Shared, random.Next(Members)), Flags = TransferFlags.Collect,
        })];
    }

    protected override TransferAnswer[]? Predict(Transfer[] transfers) => null;

    protected override void Learn(Transfer[] transfers, TransferAnswer[] answers)
    {
        foreach (var (transfer, answer) in transfers.Zip(answers))
        {
            Assert.True(answer.Result is Reason.None or Reason.AmountZero, answer.ToString());
            if (answer.Applied)
            {
                Holdings.Count();
                Holdings.Move(transfer.Debit, transfer.Credit, transfer.Asset, answer.Amount);
                if (transfer.IsCollect)
                {
                    Collected[transfer.Credit] = Collected.GetValueOrDefault(transfer.Credit) + answer.Amount;
                }
            }
        }

        Holdings.Begin();
    }
}
