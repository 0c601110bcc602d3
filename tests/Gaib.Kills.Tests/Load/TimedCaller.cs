using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>Reserves for a few milliseconds and lets it expire. Whoever asks too late, after a kill, for one, is told so.</summary>
internal sealed class TimedCaller() : WriterCaller("timed")
{
    private static readonly AccountId Account = Names.Person("timed");

    private bool _isFunded;

    public override Holdings Holdings { get; } = new();

    /// <summary>How many reservations were made, each of which the book must let expire.</summary>
    public ulong Reserved { get; private set; }

    /// <summary>Unix milliseconds at which the last one expires.</summary>
    public long LastExpiry { get; private set; }

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    protected override Transfer[] Draw(Random random)
    {
        if (!_isFunded)
        {
            _isFunded = true;
            return [new Transfer { Debit = AccountId.Issuance, Credit = Account, Amount = 1_000_000_000 }];
        }

        LastExpiry = long.Max(LastExpiry, Now + 40);
        return [new Transfer
        {
            Debit = Account, Credit = Names.Inbox(0), Amount = (UInt128)random.Next(1, 100), Phase = TransferPhase.Reserve,
            ExpiresAt = Now + random.Next(1, 40),
        }];
    }

    protected override TransferAnswer[]? Predict(Transfer[] transfers) => null;

    protected override void Learn(Transfer[] transfers, TransferAnswer[] answers)
    {
        Assert.True(answers[0].Result is Reason.None or Reason.ExpiryInvalid, answers[0].ToString());
        if (answers[0].Applied)
        {
            Holdings.Count();
            if (transfers[0].Phase == TransferPhase.Single)
            {
                Holdings.Move(transfers[0].Debit, transfers[0].Credit, AssetId.Gaib, answers[0].Amount);
            }
            else
            {
                Reserved++;
            }
        }

        Holdings.Begin();
    }
}
