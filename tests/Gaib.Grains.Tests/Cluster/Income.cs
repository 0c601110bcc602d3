using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>Value that comes from nowhere: straight into the book, without a job, a run and a model before it.</summary>
/// <param name="cluster">Where.</param>
/// <param name="name">Of the writer; each has its own sequence.</param>
internal sealed class Income(GrainCluster cluster, string name)
{
    private ulong _told;

    /// <summary>Issues GAIB to an account: income for a person, a feed for a pool.</summary>
    public Task PayAsync(AccountId to, UInt128 amount) => SubmitAsync([], [(to, AssetId.Gaib, amount)]);

    /// <summary>Registers an asset with its pool, and issues it to the pool's members.</summary>
    public Task IssueAsync(Hash32 id, params (AccountId Holder, UInt128 Units)[] holders) => SubmitAsync(
        [new AssetRecord(AssetId.Of(id), AccountId.Of(AccountKind.Pool, id), false, id)],
        [.. holders.Select(holder => (holder.Holder, AssetId.Of(id), holder.Units))]);

    private async Task SubmitAsync(ImmutableArray<AssetRecord> assets, ImmutableArray<(AccountId To, AssetId Asset, UInt128 Amount)> rows)
    {
        var writer = await cluster.Book.OpenWriter(Keccak.HashUtf8(name));
        var reply = await cluster.Book.Submit(new BookRequest
        {
            Writer = writer,
            Assets = assets,
            Transfers = [.. rows.Select(row => new Transfer
            {
                Id = Transfer.IdOf(writer, _told++),
                Debit = AccountId.Issuance,
                Credit = row.To,
                Asset = row.Asset,
                Amount = row.Amount,
                Cause = Keccak.HashUtf8(name),
            })],
        });
        Assert.Null(reply.Rejection);
    }
}
