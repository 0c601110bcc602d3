using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Evm;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>The second half: selling inferences, and what follows from their revenue.</summary>
internal sealed partial class Economy
{
    public const ulong UnitPrice = 1_000_000;
    public const ulong HostUnitFee = 200_000;

    public Hash32 SessionId => Ids.Derive(cluster.Network.Id, "session", App.Address, 1);

    public ISessionGrain Session => cluster.Grains.Get<ISessionGrain>(SessionId);

    public AssetId Shares => AssetId.Of(ModelId);

    public ISettlementGrain Settlement => cluster.Grains.GetGrain<ISettlementGrain>((long)TestNetwork.ChainId);

    public static ImmutableArray<byte> Row(int number) => SmallData.Draw("asked", number + 1)[number].Features;

    public Signed<OpenSession> OpenOf(ulong cap = 100 * UnitPrice, ulong window = 5 * UnitPrice, ulong nonce = 1) => cluster.Client.Sign(
        new OpenSession(
            App.Address, ModelId, SessionKey.Address, cap, window, TestNetwork.Start + (300 * TestNetwork.Day), nonce, TestNetwork.Deadline),
        App);

    public async Task<SessionState> OpenAsync(ulong cap = 100 * UnitPrice, ulong window = 5 * UnitPrice) =>
        Must(await Session.Open(OpenOf(cap, window)));

    public async Task<Inference> InferAsync(ulong call) => Must(await Session.Infer(call, Row((int)call)));

    /// <summary>The session key confirms all that was served.</summary>
    public async Task AcknowledgeAsync(PrivateKey? by = null)
    {
        var state = (await Session.Get())!;
        Must(await Session.Acknowledge(
            cluster.Client.Sign(new Acknowledge(SessionId, state.Fees, state.Head), by ?? SessionKey)));
    }

    public async Task CloseSessionAsync() => Must(await Session.Close(
        cluster.Client.Sign(new CloseSession(App.Address, SessionId, 2, TestNetwork.Deadline), App)));

    public async Task StakeAsync() => Must(await cluster.Grains.Get<IAccountGrain>(Investor.Address).Stake(
        cluster.Client.Sign(new Stake(Investor.Address, 300UL * TestNetwork.Unit, 1, TestNetwork.Deadline), Investor)));

    public async Task PayAsync(PrivateKey from, PrivateKey to, AssetId asset, UInt128 amount, ulong nonce) => Must(
        await cluster.Grains.Get<IAccountGrain>(from.Address).Pay(
            cluster.Client.Sign(new Pay(from.Address, to.Address, asset.Value, amount, nonce, TestNetwork.Deadline), from)));

    public IContributorGrain Person(PrivateKey key) => cluster.Grains.Get<IContributorGrain>(key.Address);

    public Signed<SettlementPolicy> PolicyOf(PrivateKey key, ulong threshold = 1_000, ulong nonce = 100) => cluster.Client.Sign(
        new SettlementPolicy(
            key.Address,
            TestNetwork.ChainId,
            threshold,
            (ulong)TestNetwork.Day,
            TestNetwork.Start + (365 * TestNetwork.Day),
            nonce,
            TestNetwork.Deadline),
        key);

    public async Task<SignedVoucher> SettleAsync(PrivateKey key) => Must(await Person(key).SettleIfDue(TestNetwork.ChainId));
}
