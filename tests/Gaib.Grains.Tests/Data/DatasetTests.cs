using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Data;

/// <summary>Contributions: what is refused, and what a commit leaves that is cut short.</summary>
public sealed class DatasetTests
{
    public static TheoryData<string, Reason> Refusals => new()
    {
        { "garbage signature", Reason.SignatureInvalid },
        { "signed by another", Reason.SignerNotAuthorised },
        { "changed after signing", Reason.SignerNotAuthorised },
        { "unknown job", Reason.NotFound },
        { "at another's dataset", Reason.NotFound },
        { "wrong root", Reason.LeafMismatch },
        { "wrong count", Reason.LeafMismatch },
        { "wrong bytes", Reason.LeafMismatch },
        { "chunks out of order", Reason.LeafMismatch },
        { "a changed chunk", Reason.LeafMismatch },
        { "a sample out of range", Reason.SampleInvalid },
        { "no chunks", Reason.ContributionEmpty },
        { "right already ended", Reason.DataRightExpired },
        { "deadline passed", Reason.DeadlinePassed },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Commit_WhatMayNotBe_IsRefusedAndChangesNothing(string what, Reason reason)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(1);
        var before = await StateAsync(economy);
        var (command, chunks, dataset) = Spoilt(economy, what);

        var refused = await cluster.Grains.Get<IDatasetGrain>(dataset).Commit(command, chunks);

        Assert.Equal(reason, refused.Rejection!.Reason);
        Assert.Equal(before, await StateAsync(economy));
        Assert.Null(await economy.Dataset(0).Get());
        Assert.Equal(DatasetPhase.Committed, (await economy.ContributeAsync(0)).Phase);
    }

    [Fact]
    public async Task Commit_SecondContributionOfSomebody_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(0);
        var before = await StateAsync(economy);
        var second = economy.ManifestOf(0) with { Nonce = 2 };

        var refused = await cluster.Grains.Get<IDatasetGrain>(Ids.Derive(cluster.Network.Id, "dataset", second.Contributor, 2))
            .Commit(cluster.Client.Sign(second, Economy.Contributor(0)), economy.ChunksOf(0));

        Assert.Equal(Reason.AlreadyContributed, refused.Rejection!.Reason);
        Assert.Equal(before, await StateAsync(economy));
    }

    [Fact]
    public async Task Commit_OtherManifestUnderAUsedNonce_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(0);
        var before = await StateAsync(economy);

        var refused = await economy.Dataset(0).Commit(
            cluster.Client.Sign(economy.ManifestOf(0) with { Licence = "other" }, Economy.Contributor(0)), economy.ChunksOf(0));

        Assert.Equal(Reason.NonceUsed, refused.Rejection!.Reason);
        Assert.Equal(before, await StateAsync(economy));
    }

    [Fact]
    public async Task Commit_AfterTheWindow_IsRefusedButTheSameAgainIsAnswered()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        var first = await economy.ContributeAsync(0);
        economy.At(1);

        var again = await economy.ContributeAsync(0);
        var late = await economy.Dataset(1).Commit(
            cluster.Client.Sign(economy.ManifestOf(1), Economy.Contributor(1)), economy.ChunksOf(1));

        Assert.Equal(first, again);
        Assert.Equal(Reason.ContributionsClosed, late.Rejection!.Reason);
        Assert.Null(await economy.Dataset(1).Get());
    }

    [Fact]
    public async Task Commit_AnyWriteFails_RepeatingFinishesIt()
    {
        await using var cluster = await GrainCluster.StartAsync();

        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            async number =>
            {
                var economy = new Economy(cluster, number: number);
                await economy.PostJobAsync();
                return economy;
            },
            economy => economy.CommitAsync(0),
            async (economy, answer) =>
            {
                var dataset = Economy.Must(answer);
                Assert.Equal((DatasetPhase.Committed, 0UL), (dataset.Phase, dataset.Order));
                Assert.Equal([dataset.Id], (await economy.Job.Get())!.Datasets);
                await cluster.DeactivateAsync(economy.Dataset(0));
                Assert.Equal(dataset, (await economy.Dataset(0).Get())!.Dataset);
            });

        Assert.Superset(
            new HashSet<string> { "chunk BeforeWrite", "book AfterWrite", "gaib.dataset BeforeRename", "gaib.dataset AfterWrite", "gaib.job AfterWrite" },
            points.ToHashSet());
        Assert.Equal(15, points.Count);
    }

    [Theory]
    [InlineData("gaib.job AfterWrite", true)]
    [InlineData("gaib.job BeforeWrite", false)]
    public async Task Commit_CutShortAndTheJobValued_IsEitherWhollyInOrWhollyOut(string point, bool entered)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(0);
        cluster.Disk.FailNext(point);
        await Assert.ThrowsAnyAsync<Exception>(() => economy.CommitAsync(1));
        await economy.ContributeAsync(2);
        economy.At(1);

        var job = Economy.Must(await economy.Job.Value());
        var late = await economy.CommitAsync(1);

        Assert.Equal(entered, late.Accepted);
        Assert.Equal(entered ? null : Reason.ContributionsClosed, late.Rejection?.Reason);
        Assert.Equal(entered, (await economy.Dataset(1).Get())?.Dataset.Phase == DatasetPhase.Valued);
        Assert.Equal(entered ? 3 : 2, job.Datasets.Length);
        Assert.Equal(!entered, late.Rejection is not null && !job.Datasets.Contains(economy.DatasetId(1)));
    }

    [Fact]
    public async Task Commit_WhileTheJobIsValued_WaitsForNobodyInACircle()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(0);

        // The commit is held on its way to the job until the job is on its way to the datasets.
        var valuing = cluster.Calls.Hold("IDatasetGrain.Get", from: "gaib.job");
        var entering = cluster.Calls.Hold("IJobGrain.Enter", from: "gaib.dataset");
        var commit = economy.CommitAsync(1);
        await entering.Reached;
        economy.At(1);
        var value = economy.Job.Value();
        await valuing.Reached;
        entering.Release();
        valuing.Release();

        Assert.Equal(JobPhase.Paid, Economy.Must(await value.WaitAsync(TimeSpan.FromSeconds(20))).Phase);
        Assert.Equal(Reason.ContributionsClosed, (await commit.WaitAsync(TimeSpan.FromSeconds(20))).Rejection!.Reason);
    }

    [Fact]
    public async Task Withdraw_ByAnother_IsRefusedAndChangesNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(0);
        var before = await StateAsync(economy);
        var theirs = new DataRightWithdrawal(Economy.Contributor(1).Address, economy.DatasetId(0), 7, TestNetwork.Deadline);
        var mine = theirs with { Contributor = Economy.Contributor(0).Address };

        var asThemselves = await economy.Dataset(0).Withdraw(cluster.Client.Sign(theirs, Economy.Contributor(1)));
        var asTheOwner = await economy.Dataset(0).Withdraw(cluster.Client.Sign(mine, Economy.Contributor(1)));
        var another = await economy.Dataset(0).Withdraw(
            cluster.Client.Sign(mine with { Dataset = economy.DatasetId(1) }, Economy.Contributor(0)));

        Assert.Equal(Reason.SignerNotAuthorised, asThemselves.Rejection!.Reason);
        Assert.Equal(Reason.SignerNotAuthorised, asTheOwner.Rejection!.Reason);
        Assert.Equal(Reason.FieldOutOfRange, another.Rejection!.Reason);
        Assert.Equal(before, await StateAsync(economy));
        Assert.Null(await cluster.Book.GetCommandSequence(cluster.Client.Digest(theirs)));
    }

    [Fact]
    public async Task Withdraw_KeepingFailsAndTheDeadlinePasses_StillHappens()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(0);
        var withdraw = cluster.Client.Sign(
            new DataRightWithdrawal(Economy.Contributor(0).Address, economy.DatasetId(0), 7, TestNetwork.Start + TestNetwork.Hour),
            Economy.Contributor(0));
        cluster.Disk.FailNext("gaib.dataset BeforeWrite");

        await Assert.ThrowsAnyAsync<Exception>(() => economy.Dataset(0).Withdraw(withdraw));
        economy.At(0.5);
        var repeated = Economy.Must(await economy.Dataset(0).Withdraw(withdraw));
        var again = Economy.Must(await economy.Dataset(0).Withdraw(withdraw));

        Assert.Equal(DatasetPhase.Withdrawn, repeated.Phase);
        Assert.Equal(repeated, again);
    }

    [Fact]
    public async Task Withdrawn_Data_EntersNoRun()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.ValueAsync();
        Economy.Must(await economy.Dataset(2).Withdraw(cluster.Client.Sign(
            new DataRightWithdrawal(Economy.Contributor(2).Address, economy.DatasetId(2), 7, TestNetwork.Deadline), Economy.Contributor(2))));
        await economy.OfferGpusAsync();

        var run = await economy.CreateRunAsync();

        Address[] others = [Economy.Contributor(0).Address, Economy.Contributor(1).Address, Economy.Contributor(3).Address];
        Assert.Equal(others.Order(), run.Spec.Contributors);
    }

    private static async Task<(ulong, int, int)> StateAsync(Economy economy)
    {
        var job = (await economy.Job.Get())!;
        return (await economy.Cluster.Book.GetSequence(), job.Window.Entries.Count, job.Datasets.Length);
    }

    private static (Signed<Manifest> Command, ImmutableArray<Chunk> Chunks, Hash32 Dataset) Spoilt(Economy economy, string what)
    {
        var (manifest, chunks, dataset) = (economy.ManifestOf(0), economy.ChunksOf(0), economy.DatasetId(0));
        Signed<Manifest> Sign(Manifest command) => economy.Cluster.Client.Sign(command, Economy.Contributor(0));
        Signed<Manifest> SignChunks(ImmutableArray<Chunk> others) => Sign(manifest with
        {
            Root = MerkleTree.Root(others.Select(chunk => chunk.Leaf()).ToArray()),
            Chunks = (ulong)others.Length,
            Bytes = others.Aggregate(0UL, (sum, chunk) => sum + (ulong)chunk.Bytes.Length),
        });
        ImmutableArray<Chunk> loud = chunks.SetItem(3, chunks[3] with { Bytes = SampleCodec.Encode(new Sample([.. new byte[7], 17], 1)) });
        return what switch
        {
            "garbage signature" => (Sign(manifest) with { Signature = new Signature(Keccak.HashUtf8("r"), Keccak.HashUtf8("s"), 27) }, chunks, dataset),
            "signed by another" => (economy.Cluster.Client.Sign(manifest, Economy.Contributor(1)), chunks, dataset),
            "changed after signing" => (Sign(manifest) with { Command = manifest with { Licence = "none" } }, chunks, dataset),
            "unknown job" => (Sign(manifest with { Job = Keccak.HashUtf8("no job") }), chunks, dataset),
            "at another's dataset" => (Sign(manifest), chunks, economy.DatasetId(2)),
            "wrong root" => (Sign(manifest with { Root = Keccak.HashUtf8("root") }), chunks, dataset),
            "wrong count" => (Sign(manifest with { Chunks = 11 }), chunks, dataset),
            "wrong bytes" => (Sign(manifest with { Bytes = manifest.Bytes + 1 }), chunks, dataset),
            "chunks out of order" => (Sign(manifest), [chunks[1], chunks[0], .. chunks[2..]], dataset),
            "a changed chunk" => (Sign(manifest), chunks.SetItem(3, chunks[3] with { Salt = Hash32.Zero }), dataset),
            "a sample out of range" => (SignChunks(loud), loud, dataset),
            "no chunks" => (Sign(manifest with { Chunks = 0, Bytes = 0 }), [], dataset),
            "right already ended" => (Sign(manifest with { ValidUntil = TestNetwork.Start }), chunks, dataset),
            "deadline passed" => (Sign(manifest with { Deadline = TestNetwork.Start - 1 }), chunks, dataset),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }
}
