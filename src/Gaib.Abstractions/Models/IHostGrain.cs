using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Models;
using Orleans.Concurrency;

namespace Gaib.Abstractions.Models;

/// <summary>A host's inference fees: held per epoch, checked by re-execution, then released. Keyed by the host's address.</summary>
[Alias("gaib.host")]
public interface IHostGrain : IGrainWithStringKey
{
    /// <summary>A session is about to be served by this host in an epoch.</summary>
    [Alias("serve")]
    Task Serve(Hash32 session, ulong epoch);

    /// <summary>Commits the epoch's receipts, draws some by the next beacon, has them executed elsewhere, and pays what follows.</summary>
    [Alias("close")]
    Task<Outcome<HostEpochClosed>> CloseEpoch(ulong epoch);

    /// <summary>Every closed epoch.</summary>
    [Alias("epochs"), AlwaysInterleave]
    Task<ImmutableArray<HostEpochClosed>> GetEpochs();
}

/// <summary>What became of a host's epoch.</summary>
/// <param name="BeaconEpoch">The beacon epoch that held the commitment and whose value drew the receipts.</param>
/// <param name="Checks">Each drawn receipt and the hash of the answer that another host gave, ascending by receipt.</param>
/// <param name="Verdict">What was found, and who was paid out of the held fees.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.hostEpochClosed")]
public sealed record HostEpochClosed(
    [property: Id(0)] ulong BeaconEpoch,
    [property: Id(1)] ImmutableArray<ReceiptCheck> Checks,
    [property: Id(2)] HostEpochVerdict Verdict);

/// <summary>One re-executed call.</summary>
/// <param name="Receipt">Hash of the receipt.</param>
/// <param name="Gpu">Who executed it again.</param>
/// <param name="OutputHash">Hash of the answer that it gave.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.receiptCheck")]
public sealed record ReceiptCheck(
    [property: Id(0)] Hash32 Receipt, [property: Id(1)] Hash32 Gpu, [property: Id(2)] Hash32 OutputHash);
