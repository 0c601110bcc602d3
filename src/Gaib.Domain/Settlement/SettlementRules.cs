namespace Gaib.Domain.Settlement;

/// <summary>
/// When an account is debited to <c>settlement:{chain}</c>, and what settlers may sign for it. Signatures and nonces of the commands
/// are checked before; whether the account holds the amount is the book's decision.
/// </summary>
public static class SettlementRules
{
    /// <summary>Version of the rules in this class, as exports state it.</summary>
    public const int RuleVersion = 1;

    /// <summary>The highest chain id: ⌊(2^64 − 1) / 2⌋ − 36 (EIP-2294).</summary>
    public const ulong ChainMax = (ulong.MaxValue / 2) - 36;

    /// <summary>Whether a signed policy comes into force.</summary>
    /// <returns>
    /// The event, or SignerNotAuthorised, DeadlinePassed, FieldOutOfRange (chain 0 or too high, threshold 0) or PolicyExpired (born expired).
    /// </returns>
    public static Outcome<PolicySet> Decide(SettlementState state, SettlementPolicy command, long now)
    {
        if (CheckCommand(state, command.Account, command.Chain, command.Deadline, now) is { } refused)
        {
            return refused;
        }

        if (command.Threshold == 0)
        {
            return new Rejection(Reason.FieldOutOfRange, Limit: 1, Subject: "threshold");
        }

        return now > command.ValidUntil
            ? new Rejection(Reason.PolicyExpired, command.ValidUntil, now, "validUntil")
            : new PolicySet(command);
    }

    /// <summary>Whether a signed single withdrawal is made.</summary>
    /// <param name="state">The account's settlement.</param>
    /// <param name="command">The signed command.</param>
    /// <param name="epoch">The settlement epoch that is running.</param>
    /// <param name="now">Unix milliseconds of the runtime's clock.</param>
    /// <returns>The event, or SignerNotAuthorised, DeadlinePassed, FieldOutOfRange, AmountZero or Overflow.</returns>
    public static Outcome<Withdrawn> Decide(SettlementState state, Withdraw command, ulong epoch, long now)
    {
        if (CheckCommand(state, command.Account, command.Chain, command.Deadline, now) is { } refused)
        {
            return refused;
        }

        return command.Amount == 0 ? Reason.AmountZero : Withdrawal(state, command.Chain, command.Amount, epoch, now);
    }

    /// <summary>
    /// Whether the account's policy for a chain withdraws now. All that is available goes, once it reaches the threshold and a period
    /// has passed since the last withdrawal to that chain, whatever caused that one. The first withdrawal waits for the threshold only.
    /// </summary>
    /// <param name="state">The account's settlement.</param>
    /// <param name="chain">EIP-155 chain id.</param>
    /// <param name="available">What the account could be debited now, in base units.</param>
    /// <param name="epoch">The settlement epoch that is running.</param>
    /// <param name="now">Unix milliseconds of the runtime's clock.</param>
    /// <returns>The event, or PolicyExpired (also without a policy), PolicyNotDue (subject: threshold or period) or Overflow.</returns>
    public static Outcome<Withdrawn> DecideDue(SettlementState state, ulong chain, UInt128 available, ulong epoch, long now)
    {
        if (!state.Policies.TryGetValue(chain, out var policy))
        {
            return new Rejection(Reason.PolicyExpired, Subject: "policy");
        }

        if (now > policy.ValidUntil)
        {
            return new Rejection(Reason.PolicyExpired, policy.ValidUntil, now, "validUntil");
        }

        if (available < policy.Threshold)
        {
            return new Rejection(Reason.PolicyNotDue, Number(policy.Threshold), Number(available), "threshold");
        }

        if (state.Totals.TryGetValue(chain, out var total) && now < (Int128)total.LastAt + policy.Period)
        {
            return new Rejection(Reason.PolicyNotDue, (Int128)total.LastAt + policy.Period, now, "period");
        }

        return Withdrawal(state, chain, available, epoch, now);
    }

    /// <summary>The state after an event.</summary>
    /// <exception cref="InvalidOperationException">A withdrawal's cumulative amount does not follow from the state.</exception>
    public static SettlementState Evolve(SettlementState state, SettlementEvent happened)
    {
        switch (happened)
        {
            case PolicySet set:
                return state with { Policies = state.Policies.SetItem(set.Policy.Chain, set.Policy) };
            case Withdrawn withdrawn when checked(state.Cumulative(withdrawn.Chain) + withdrawn.Amount) == withdrawn.Cumulative:
                var total = new ChainTotal(withdrawn.Cumulative, withdrawn.Epoch, withdrawn.At);
                return state with { Totals = state.Totals.SetItem(withdrawn.Chain, total) };
            default:
                throw new InvalidOperationException($"{happened} does not follow from {state.Account}'s settlement.");
        }
    }

    /// <summary>The voucher that an account's grain asks the settlers to sign.</summary>
    /// <param name="state">The account's settlement.</param>
    /// <param name="chain">EIP-155 chain id.</param>
    /// <param name="token">The ERC-20 contract on that chain.</param>
    /// <param name="deadline">Unix seconds.</param>
    /// <returns>The voucher, or NotFound when nothing was ever withdrawn to the chain.</returns>
    public static Outcome<SettlementVoucher> Voucher(SettlementState state, ulong chain, Address token, ulong deadline) =>
        state.Totals.TryGetValue(chain, out var total)
            ? new SettlementVoucher(state.Account, token, total.Cumulative, total.Epoch, deadline)
            : new Rejection(Reason.NotFound, Subject: "withdrawal");

    /// <summary>
    /// Whether a settler signs. It remembers the last voucher that it signed for the account, token and chain, and signs no smaller
    /// cumulative amount; the same amount may be signed again, for instance with a later deadline.
    /// </summary>
    /// <param name="last">The last voucher signed, or null.</param>
    /// <param name="next">The voucher to sign.</param>
    /// <param name="now">Unix milliseconds of the runtime's clock.</param>
    /// <returns>The voucher, or DeadlinePassed, FieldOutOfRange (another account or token, an earlier epoch), AmountZero or CumulativeFalls.</returns>
    public static Outcome<SettlementVoucher> DecideVoucher(SettlementVoucher? last, SettlementVoucher next, long now)
    {
        if ((Int128)next.Deadline < now / 1000)
        {
            return new Rejection(Reason.DeadlinePassed, next.Deadline, now / 1000, "deadline");
        }

        if (last is not null && (last.Account != next.Account || last.Token != next.Token))
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: last.Account != next.Account ? "account" : "token");
        }

        if (last is not null && next.Epoch < last.Epoch)
        {
            return new Rejection(Reason.FieldOutOfRange, last.Epoch, next.Epoch, "epoch");
        }

        if (next.Cumulative == 0)
        {
            return Reason.AmountZero;
        }

        return last is not null && next.Cumulative < last.Cumulative
            ? new Rejection(Reason.CumulativeFalls, Number(last.Cumulative), Number(next.Cumulative), "cumulative")
            : next;
    }

    private static Rejection? CheckCommand(SettlementState state, Address account, ulong chain, long deadline, long now)
    {
        if (account != state.Account)
        {
            return new Rejection(Reason.SignerNotAuthorised, Subject: account.ToString());
        }

        if (now > deadline)
        {
            return new Rejection(Reason.DeadlinePassed, deadline, now, "deadline");
        }

        return chain == 0 ? new Rejection(Reason.FieldOutOfRange, Limit: 1, Subject: "chain")
            : chain > ChainMax ? new Rejection(Reason.FieldOutOfRange, ChainMax, chain, "chain")
            : null;
    }

    private static Outcome<Withdrawn> Withdrawal(SettlementState state, ulong chain, UInt128 amount, ulong epoch, long now)
    {
        var before = state.Cumulative(chain);
        return amount > UInt128.MaxValue - before
            ? new Rejection(Reason.Overflow, Number(UInt128.MaxValue - before), Number(amount), "amount")
            : new Withdrawn(chain, amount, before + amount, epoch, now);
    }

    // A rejection carries signed numbers; an amount above 2^127 can't be held by any account and is shown as the largest number.
    internal static Int128 Number(UInt128 amount) => amount > (UInt128)Int128.MaxValue ? Int128.MaxValue : (Int128)amount;
}
