namespace Gaib.Domain.Data;

/// <summary>What can be asked of a dataset.</summary>
[GenerateSerializer, Immutable]
public abstract record DatasetCommand;

/// <summary>Commit the contribution whose chunks have arrived.</summary>
/// <param name="Manifest">What the contributor signed.</param>
/// <param name="Order">Its place in the job's commit order.</param>
/// <param name="Root">Merkle root recomputed from the chunks that arrived.</param>
/// <param name="Chunks">Number of chunks that arrived.</param>
/// <param name="Bytes">Σ of their lengths.</param>
[GenerateSerializer, Immutable]
public sealed record CommitDataset(
    [property: Id(0)] Manifest Manifest,
    [property: Id(1)] ulong Order,
    [property: Id(2)] Hash32 Root,
    [property: Id(3)] ulong Chunks,
    [property: Id(4)] ulong Bytes) : DatasetCommand;

/// <summary>Record what the valuation at the door gave.</summary>
/// <param name="Valuation">Hash of the valuation's header.</param>
/// <param name="Admitted">Number of chunks admitted to training.</param>
/// <param name="DoorValue">Σ of the door values of the admitted chunks, Q40 summed over door samples.</param>
/// <param name="Bounty">Σ of their bounties, base units.</param>
[GenerateSerializer, Immutable]
public sealed record ValueDataset(
    [property: Id(0)] Hash32 Valuation,
    [property: Id(1)] int Admitted,
    [property: Id(2)] Int128 DoorValue,
    [property: Id(3)] UInt128 Bounty) : DatasetCommand;

/// <summary>Take the data out of future runs, as its contributor signed.</summary>
/// <param name="Withdrawal">What the contributor signed.</param>
[GenerateSerializer, Immutable]
public sealed record WithdrawDataset([property: Id(0)] DataRightWithdrawal Withdrawal) : DatasetCommand;

/// <summary>Note that the data right has ended; anyone may ask.</summary>
[GenerateSerializer, Immutable]
public sealed record ExpireDataset : DatasetCommand;

/// <summary>What happened to a dataset.</summary>
[GenerateSerializer, Immutable]
public abstract record DatasetEvent;

/// <summary>The contribution is committed.</summary>
/// <param name="Manifest">What was signed.</param>
/// <param name="Order">Place in the job's commit order.</param>
/// <param name="At">When, Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record DatasetCommitted(
    [property: Id(0)] Manifest Manifest,
    [property: Id(1)] ulong Order,
    [property: Id(2)] long At) : DatasetEvent;

/// <summary>The contribution was valued at the door.</summary>
/// <param name="Value">What the valuation gave.</param>
[GenerateSerializer, Immutable]
public sealed record DatasetValued([property: Id(0)] ValueDataset Value) : DatasetEvent;

/// <summary>The contributor withdrew the data right.</summary>
/// <param name="At">When, Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record DatasetWithdrawn([property: Id(0)] long At) : DatasetEvent;

/// <summary>The data right ended.</summary>
/// <param name="At">When that was noted, Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record DatasetExpired([property: Id(0)] long At) : DatasetEvent;
