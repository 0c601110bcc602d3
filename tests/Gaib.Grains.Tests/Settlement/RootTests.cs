using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Revenue;
using Gaib.Abstractions.Settlement;
using Gaib.Domain;
using Gaib.Domain.Settlement;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;
using Gaib.Silo;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests.Settlement;

/// <summary>One chain's vouchers and roots over several epochs.</summary>
public sealed class RootTests(ITestOutputHelper output)
{
    private static Address Token => TestNetwork.Genesis().VerifyingContract;

    [Fact]
    public async Task CloseEpoch_OverSeveralEpochs_SlotsStayAndEveryProofHolds()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var people = Enumerable.Range(0, 6).Select(number => new Settling(cluster, number)).ToArray();
        var chain = Settling.Chain(cluster);
        Assert.Null(await chain.GetProof(people[0].Key.Address));

        // Who withdraws how much in which epoch; nobody does in the fourth.
        (int Who, ulong Amount)[][] epochs = [[(2, 50)], [(0, 10), (2, 1), (4, 7), (0, 5)], [(5, 3)], [], [(1, 8), (3, 9), (2, 2)]];
        int[] depths = [0, 2, 2, 2, 3];
        var (totals, order, nonce) = (new UInt128[6], new List<int>(), 1UL);
        var roots = new List<SettlementRoot>();
        for (var epoch = 0; epoch < epochs.Length; epoch++)
        {
            foreach (var (who, amount) in epochs[epoch])
            {
                totals[who] += amount;
                order.AddRange(order.Contains(who) ? [] : [who]);
                var voucher = Must(await people[who].WithdrawAsync(amount, nonce++)).Voucher;
                Assert.Equal((totals[who], (ulong)epoch + 1), (voucher.Cumulative, voucher.Epoch));
            }

            var root = await chain.CloseEpoch((ulong)epoch + 1);
            roots.Add(root);
            var slots = order.Select(who => new SettlementSlot(people[who].Key.Address, totals[who]));
            Assert.Equal(slots, root.Slots);
            Assert.Equal(((ulong)epoch + 1, depths[epoch], RootOf(root.Slots)), (root.Epoch, root.Depth, root.Root));
            await AssertProofsAsync(chain, people, order, totals, root);
            if (epoch % 2 == 0)
            {
                await cluster.DeactivateAsync(chain);
            }
        }

        await cluster.RestartAsync();
        var kept = await Settling.Chain(cluster).GetRoots();
        Assert.Equal(6UL, await Settling.Chain(cluster).GetEpoch());
        Assert.Equal(roots.Select(root => (root.Epoch, root.Root, root.Depth)), kept.Select(root => (root.Epoch, root.Root, root.Depth)));
        Assert.Equal(kept[2].Root, kept[3].Root);
        await AssertProofsAsync(Settling.Chain(cluster), people, order, totals, roots[^1]);
    }

    [Fact]
    public async Task GetProof_OfWhatWasWithdrawnSince_IsUnderTheLastRoot()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (first, late) = (new Settling(cluster), new Settling(cluster, 1));
        var chain = Settling.Chain(cluster);
        Must(await first.WithdrawAsync(5, nonce: 1));
        var root = await chain.CloseEpoch(1);
        Must(await first.WithdrawAsync(6, nonce: 2));
        Must(await late.WithdrawAsync(7, nonce: 1));

        var proof = (await chain.GetProof(first.Key.Address))!;

        Assert.Equal((5U, root.Root), (proof.Slot.Cumulative, proof.Root));
        Assert.Null(await chain.GetProof(late.Key.Address));
        Assert.Equal(root.Root, SettlementTree.Leaf(first.Key.Address, Token, 5));
    }

    [Fact]
    public async Task CloseEpoch_AgainOrTooEarly_IsTheSameOrRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        var chain = Settling.Chain(cluster);
        Must(await person.WithdrawAsync(5, nonce: 1));
        var closed = await chain.CloseEpoch(1);
        Must(await person.WithdrawAsync(5, nonce: 2));

        var again = await chain.CloseEpoch(1);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => chain.CloseEpoch(3));

        Assert.Equal((closed.Root, 1), (again.Root, (await chain.GetRoots()).Length));
        Assert.Equal(2UL, await chain.GetEpoch());
        Assert.Equal(10U, (await chain.CloseEpoch(2)).Slots[0].Cumulative);
    }

    [Fact]
    public async Task CloseEpoch_AnyWriteFails_ClosesEachOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            async number =>
            {
                Must(await person.WithdrawAsync((UInt128)number, (ulong)number));
                return number;
            },
            number => Settling.Chain(cluster).CloseEpoch((ulong)number),
            async (number, root) =>
            {
                Assert.Equal(((ulong)number, (UInt128)(number * (number + 1) / 2)), (root.Epoch, root.Slots.Single().Cumulative));
                Assert.Equal(number, (await Settling.Chain(cluster).GetRoots()).Length);
            });

        output.WriteLine(string.Join(", ", points));
        Assert.Equal(3, points.Count);
    }

    [Fact]
    public async Task Voucher_TheSameOrLess_IsTheSameBytesOrRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var account = TestNetwork.Key("person0").Address;
        var chain = Settling.Chain(cluster);
        var first = Must(await chain.Voucher(account, 100));
        cluster.Clock.AdvanceTo(TestNetwork.Start + TestNetwork.Day);

        var again = Must(await chain.Voucher(account, 100));
        var less = await chain.Voucher(account, 99);
        await cluster.DeactivateAsync(chain);
        var lessLater = await chain.Voucher(account, 99);
        var reread = Must(await chain.Voucher(account, 100));
        var elsewhere = Must(await Settling.Chain(cluster, 10).Voucher(account, 99));
        var more = Must(await chain.Voucher(account, 101));

        Assert.All([again, reread], voucher => Assert.Equal(Settling.Text(cluster, first), Settling.Text(cluster, voucher)));
        Assert.All([less, lessLater], refused => Assert.Equal(
            new Rejection(Reason.CumulativeFalls, 100, 99, "cumulative"), refused.Rejection));
        Assert.Equal(Reason.AmountZero, (await chain.Voucher(TestNetwork.Key("person1").Address, 0)).Rejection!.Reason);
        Assert.Equal((99U, 101U), (elsewhere.Voucher.Cumulative, more.Voucher.Cumulative));
        Assert.Equal(first.Voucher.Deadline + (24 * 3_600), more.Voucher.Deadline);
        Assert.NotEqual(elsewhere.Signatures[0], first.Signatures[0]);
    }

    [Theory]
    [InlineData("gaib.settlement BeforeWrite")]
    [InlineData("gaib.settlement BeforeRename")]
    [InlineData("gaib.settlement AfterWrite")]
    public async Task Voucher_ItsWriteFails_TheSlotIsTheVouchers(string point)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (account, other) = (TestNetwork.Key("person0").Address, TestNetwork.Key("person1").Address);
        var chain = Settling.Chain(cluster);
        Must(await chain.Voucher(account, 100));
        cluster.Disk.FailNext(point);

        await Assert.ThrowsAnyAsync<Exception>(() => chain.Voucher(other, 7));
        var kept = point.EndsWith("AfterWrite", StringComparison.Ordinal);
        var root = await Repeating.UntilAnsweredAsync(() => chain.CloseEpoch(1));
        var voucher = Must(await chain.Voucher(other, 7));
        var next = await chain.CloseEpoch(2);

        // A voucher that nobody got is in the first root exactly if it was stored; it is in the second one.
        Assert.Equal(kept ? 2 : 1, root.Slots.Length);
        Assert.Equal([new SettlementSlot(account, 100), new SettlementSlot(other, 7)], next.Slots);
        Assert.Equal(kept ? 1UL : 2UL, voucher.Voucher.Epoch);
    }

    [Theory]
    [InlineData(1U)]
    [InlineData(2U)]
    [InlineData(3U)]
    public async Task Sign_WithAThreshold_IsByThatManySettlersInOrder(uint threshold)
    {
        var network = new Network(TestNetwork.Genesis() with { SettlerThreshold = threshold });
        var voucher = new SettlementVoucher(TestNetwork.Key("person0").Address, Token, 5, 1, 9);
        PrivateKey[] keys = [.. TestNetwork.SettlerKeys.OrderByDescending(key => key.Address), TestNetwork.Key("nobody")];

        var signer = new KeySettlementSigner(network, keys);
        var signatures = await signer.SignAsync(voucher, TestNetwork.ChainId);

        Assert.Equal(network.Genesis.Settlers.Take((int)threshold), Signers(new SignedVoucher(voucher, TestNetwork.ChainId, signatures)));
        Assert.Equal(signer.Settlers, network.Genesis.Settlers.Take((int)threshold));
        Assert.Throws<ArgumentException>(() => new KeySettlementSigner(
            network, [.. TestNetwork.SettlerKeys.Take((int)threshold - 1), TestNetwork.Key("nobody"), TestNetwork.Key("app")]));
    }

    [Fact]
    public async Task Withdraw_Always_IsSignedByTheThresholdOfSettlers()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        foreach (var (chain, nonce) in (IEnumerable<(ulong, ulong)>)[(TestNetwork.ChainId, 1), (10, 2), (TestNetwork.ChainId, 3)])
        {
            var voucher = Must(await person.WithdrawAsync(3, nonce, chain));
            var signers = Signers(voucher);
            Assert.Equal(cluster.Network.Genesis.Settlers.Take(2), signers);
            Assert.Equal(signers.Order().Distinct(), signers);

            // The signatures hold for this chain, account, amount, epoch and deadline alone.
            var of = voucher.Voucher;
            SignedVoucher[] others =
            [
                voucher with { Chain = chain + 1 },
                voucher with { Voucher = of with { Account = Token } },
                voucher with { Voucher = of with { Cumulative = of.Cumulative + 1 } },
                voucher with { Voucher = of with { Epoch = of.Epoch + 1 } },
                voucher with { Voucher = of with { Deadline = of.Deadline + 1 } },
            ];
            Assert.All(others, other => Assert.Empty(Signers(other).Intersect(cluster.Network.Genesis.Settlers)));
        }
    }

    /// <summary>Who signed, as the contract recovers them.</summary>
    private static Address[] Signers(SignedVoucher voucher)
    {
        var digest = Eip712.Digest(GaibDomains.Settlement(voucher.Chain, Token), voucher.Voucher);
        return [.. voucher.Signatures.Select(signature => EcdsaRecovery.TryRecover(digest, signature, out var signer) ? signer : default)];
    }

    /// <summary>The root over the slots padded with zero leaves, level by level.</summary>
    private static Hash32 RootOf(IReadOnlyList<SettlementSlot> slots)
    {
        var level = slots.Select(slot => SettlementTree.Leaf(slot.Account, Token, slot.Cumulative)).ToList();
        while (!System.Numerics.BitOperations.IsPow2(level.Count))
        {
            level.Add(Hash32.Zero);
        }

        while (level.Count > 1)
        {
            level = [.. level.Chunk(2).Select(pair => SettlementTree.Node(pair[0], pair[1]))];
        }

        return level[0];
    }

    private static async Task AssertProofsAsync(
        ISettlementGrain chain, Settling[] people, List<int> order, UInt128[] totals, SettlementRoot root)
    {
        for (var who = 0; who < people.Length; who++)
        {
            var account = people[who].Key.Address;
            if (await chain.GetProof(account) is not { } proof)
            {
                Assert.DoesNotContain(who, order);
                continue;
            }

            Assert.Equal(
                (order.IndexOf(who), new SettlementSlot(account, totals[who]), root.Root, root.Depth),
                (proof.Index, proof.Slot, proof.Root, proof.Proof.Length));
            Assert.True(SettlementTree.Verify(root.Root, SettlementTree.Leaf(account, Token, totals[who]), proof.Proof.AsSpan()));
            Assert.False(SettlementTree.Verify(root.Root, SettlementTree.Leaf(account, Token, totals[who] + 1), proof.Proof.AsSpan()));
        }
    }
}
