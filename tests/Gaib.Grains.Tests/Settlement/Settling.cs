using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Gaib.Grains.Tests.Settlement;

/// <summary>A person who settles: a thousand GAIB from the genesis, income when the test says so, and what they sign.</summary>
internal sealed class Settling(GrainCluster cluster, int number = 0)
{
    /// <summary>What everybody has from the genesis.</summary>
    public const ulong Genesis = 1_000 * TestNetwork.Unit;

    private readonly Income _income = new(cluster, $"income {number}");

    public PrivateKey Key { get; } = TestNetwork.Key($"person{number}");

    public AccountId Account => AccountId.Person(Key.Address);

    public IContributorGrain Grain => cluster.Grains.Get<IContributorGrain>(Key.Address);

    public static ISettlementGrain Chain(GrainCluster cluster, ulong chain = TestNetwork.ChainId) =>
        cluster.Grains.GetGrain<ISettlementGrain>((long)chain);

    /// <summary>A voucher as bytes: equal ones differ in nothing.</summary>
    public static string Text(GrainCluster cluster, SignedVoucher voucher) =>
        Convert.ToHexString(cluster.Services.GetRequiredService<Serializer<SignedVoucher>>().SerializeToArray(voucher));

    public Task EarnAsync(UInt128 amount) => _income.PayAsync(Account, amount);

    public SettlementPolicy Policy(ulong threshold, ulong nonce, ulong period = (ulong)TestNetwork.Day, ulong chain = TestNetwork.ChainId) => new(
        Key.Address, chain, threshold, period, TestNetwork.Start + (30 * TestNetwork.Day), nonce, TestNetwork.Deadline);

    public Task<Outcome<SettlementState>> SetPolicyAsync(SettlementPolicy policy, PrivateKey? by = null) =>
        Grain.SetPolicy(cluster.Client.Sign(policy, by ?? Key));

    public Withdraw Withdrawal(UInt128 amount, ulong nonce, ulong chain = TestNetwork.ChainId) =>
        new(Key.Address, chain, amount, nonce, TestNetwork.Deadline);

    public Task<Outcome<SignedVoucher>> WithdrawAsync(UInt128 amount, ulong nonce, ulong chain = TestNetwork.ChainId) =>
        Grain.Withdraw(cluster.Client.Sign(Withdrawal(amount, nonce, chain), Key));

    public Task<Outcome<SignedVoucher>> SettleAsync(ulong chain = TestNetwork.ChainId) => Grain.SettleIfDue(chain);

    public async Task<Int128> HeldAsync() => (await cluster.Book.GetBalance(Account, AssetId.Gaib)).Posted;

    /// <summary>What everybody has withdrawn to the chain.</summary>
    public async Task<Int128> WithdrawnAsync(ulong chain = TestNetwork.ChainId) =>
        (await cluster.Book.GetBalance(AccountId.Settlement(chain), AssetId.Gaib)).Posted;

    /// <summary>What the account was debited for withdrawals, in the journal's order: the amount and what caused it.</summary>
    public ImmutableArray<(UInt128 Amount, Hash32 Cause)> Debits() =>
    [
        .. cluster.Services.GetRequiredService<IJournalStore>().Read(BookNames.Of(0)).SelectMany(frame => BookRow.Read(frame.Rows))
            .OfType<TransferRow>().Select(row => row.Transfer)
            .Where(row => row.Debit == Account && row.Credit.Kind == AccountKind.Settlement && row.Result == Reason.None)
            .Select(row => (row.Amount, row.Cause)),
    ];

    /// <summary>All that a refusal may not change, as text.</summary>
    public async Task<string> StateAsync()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{await cluster.Book.GetSequence()} {await HeldAsync()} {await WithdrawnAsync()}");
        foreach (var voucher in (await Grain.GetEarnings()).Vouchers)
        {
            text.Append(CultureInfo.InvariantCulture, $" {Text(cluster, voucher)}");
        }

        var root = await Chain(cluster).GetRoots();
        return text.Append(CultureInfo.InvariantCulture, $" {root.Length} {await Chain(cluster).GetEpoch()}").ToString();
    }

    /// <summary>The totals of the account's vouchers, in order.</summary>
    public async Task<UInt128[]> CumulativesAsync() =>
        [.. (await Grain.GetEarnings()).Vouchers.Select(voucher => voucher.Voucher.Cumulative)];
}
