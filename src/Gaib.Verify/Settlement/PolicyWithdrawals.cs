using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Verify.Money;

namespace Gaib.Verify.Settlement;

/// <summary>
/// Withdrawals that a signed policy made. A policy withdraws all that is available; between that decision and the book something more
/// may have arrived, so what is withdrawn is what the account had available at some moment since it last paid anything.
/// </summary>
internal sealed class PolicyWithdrawals
{
    private readonly (CommandLine Line, SettlementPolicy Message)[] _inOrder;
    private readonly Dictionary<Hash32, (CommandLine Line, SettlementPolicy Message)> _policies;
    private readonly Dictionary<(AccountId Account, ulong Chain), long> _last = [];
    private readonly Dictionary<AccountId, HashSet<BigInteger>> _had = [];

    public PolicyWithdrawals(ExportData data)
    {
        _inOrder = [.. data.CommandsOf<SettlementPolicy>()];
        _policies = _inOrder.ToDictionary(policy => policy.Line.Digest);
    }

    /// <summary>True when the transfer's cause is a policy.</summary>
    public bool Owns(TransferLine t) => _policies.ContainsKey(t.Cause);

    /// <summary>Why the policy does not allow the transfer: the field and what it should be; null when it does.</summary>
    public (string Field, string Expected)? Refuses(TransferLine t)
    {
        var (line, policy) = _policies[t.Cause];
        var account = AccountId.Person(policy.Account);
        var inForce = _inOrder.Last(other => other.Message.Account == policy.Account && other.Message.Chain == policy.Chain
            && (other.Line.Seq <= t.Seq || other.Line == line)).Line;
        return t.Debit != account ? ("debit", account.ToString())
            : t.Credit != AccountId.Settlement(policy.Chain) ? ("credit", AccountId.Settlement(policy.Chain).ToString())
            : t.Asset != AssetId.Gaib ? ("asset", AssetId.Gaib.ToString())
            : line.Seq > t.Seq || inForce != line ? ("cause", $"the policy in force, {inForce.Digest}")
            : t.Time > policy.ValidUntil ? ("at", $"at most {policy.ValidUntil}")
            : t.Amount < policy.Threshold ? ("amount", $"at least the threshold {policy.Threshold}")
            : _last.TryGetValue((account, policy.Chain), out var last) && t.Time < (Int128)last + policy.Period ? ("at", $"at least {last} + {policy.Period}")
            : !_had.TryGetValue(account, out var had) || !had.Contains(t.Amount) ? ("amount", "all that was available")
            : null;
    }

    /// <summary>Sees every transfer after it was applied.</summary>
    public void Apply(TransferLine t, Ledger ledger)
    {
        if (t.Asset != AssetId.Gaib)
        {
            return;
        }

        if (t.Debit.Kind == AccountKind.Person)
        {
            _had[t.Debit] = [ledger.Available(t.Debit, AssetId.Gaib)];
        }

        if (t.Credit.Kind == AccountKind.Person)
        {
            if (!_had.TryGetValue(t.Credit, out var had))
            {
                _had[t.Credit] = had = [];
            }

            had.Add(ledger.Available(t.Credit, AssetId.Gaib));
        }

        if (t.Credit.Kind == AccountKind.Settlement)
        {
            _last[(t.Debit, ChainOf(t.Credit))] = t.Time;
        }
    }

    private static ulong ChainOf(AccountId settlement) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(settlement.Key.ToArray().AsSpan(12));
}
