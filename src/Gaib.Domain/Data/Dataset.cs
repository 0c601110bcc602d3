namespace Gaib.Domain.Data;

/// <summary>Where a dataset stands. It only moves down this list.</summary>
public enum DatasetPhase
{
    /// <summary>Nothing is committed yet.</summary>
    None = 0,

    /// <summary>Committed, not valued yet.</summary>
    Committed = 1,

    /// <summary>Valued at the door; admitted chunks may enter runs.</summary>
    Valued = 2,

    /// <summary>Withdrawn by its contributor; enters no new run.</summary>
    Withdrawn = 3,

    /// <summary>Its data right has ended; enters no new run.</summary>
    Expired = 4,
}

/// <summary>One contribution to one job, from commitment to the end of its data right.</summary>
/// <param name="Id">The dataset's id.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Manifest">What was signed; null before the commitment.</param>
/// <param name="Order">Place in the job's commit order.</param>
/// <param name="CommittedAt">Unix milliseconds.</param>
/// <param name="Value">What the valuation gave; null before it.</param>
[GenerateSerializer, Immutable]
public sealed record Dataset(
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] DatasetPhase Phase = DatasetPhase.None,
    [property: Id(2)] Manifest? Manifest = null,
    [property: Id(3)] ulong Order = 0,
    [property: Id(4)] long CommittedAt = 0,
    [property: Id(5)] ValueDataset? Value = null)
{
    /// <summary>What a command makes happen, or why not.</summary>
    /// <param name="dataset">The dataset as it stands.</param>
    /// <param name="command">What is asked; its signature has been checked.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static Outcome<DatasetEvent> Decide(Dataset dataset, DatasetCommand command, long now) => command switch
    {
        CommitDataset commit => DecideCommit(dataset, commit, now),
        ValueDataset value => DecideValue(dataset, value, now),
        WithdrawDataset withdraw => DecideWithdraw(dataset, withdraw.Withdrawal, now),
        ExpireDataset => DecideExpire(dataset, now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown command."),
    };

    /// <summary>The dataset after an event.</summary>
    public static Dataset Evolve(Dataset dataset, DatasetEvent happened) => happened switch
    {
        DatasetCommitted committed => dataset with
        {
            Phase = DatasetPhase.Committed,
            Manifest = committed.Manifest,
            Order = committed.Order,
            CommittedAt = committed.At,
        },
        DatasetValued valued => dataset with { Phase = DatasetPhase.Valued, Value = valued.Value },
        DatasetWithdrawn => dataset with { Phase = DatasetPhase.Withdrawn },
        DatasetExpired => dataset with { Phase = DatasetPhase.Expired },
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "Unknown event."),
    };

    /// <summary>
    /// Whether a new run may use the dataset now: <see cref="Reason.WrongState"/> before its valuation, <see cref="Reason.DataRightExpired"/>
    /// when the right was withdrawn or has ended, also when nobody has noted the end yet.
    /// </summary>
    public static Outcome<ValueDataset> Use(Dataset dataset, long now)
    {
        if (dataset.Phase is DatasetPhase.None or DatasetPhase.Committed || dataset is not { Manifest: { } manifest })
        {
            return new Rejection(Reason.WrongState, (int)DatasetPhase.Valued, (int)dataset.Phase, "phase");
        }

        return dataset is { Phase: DatasetPhase.Valued, Value: { } value } && now < manifest.ValidUntil
            ? value
            : new Rejection(Reason.DataRightExpired, manifest.ValidUntil, now);
    }

    private static Outcome<DatasetEvent> DecideCommit(Dataset dataset, CommitDataset commit, long now)
    {
        var manifest = commit.Manifest;
        return dataset.Phase != DatasetPhase.None ? WrongPhase(DatasetPhase.None, dataset)
            : now > manifest.Deadline ? new Rejection(Reason.DeadlinePassed, manifest.Deadline, now)
            : manifest.Chunks == 0 ? Reason.ContributionEmpty
            : now >= manifest.ValidUntil ? new Rejection(Reason.DataRightExpired, manifest.ValidUntil, now)
            : commit.Chunks != manifest.Chunks ? new Rejection(Reason.LeafMismatch, manifest.Chunks, commit.Chunks, "chunks")
            : commit.Bytes != manifest.Bytes ? new Rejection(Reason.LeafMismatch, manifest.Bytes, commit.Bytes, "bytes")
            : commit.Root != manifest.Root ? new Rejection(Reason.LeafMismatch, Subject: "root")
            : new DatasetCommitted(manifest, commit.Order, now);
    }

    private static Outcome<DatasetEvent> DecideValue(Dataset dataset, ValueDataset value, long now) =>
        dataset is not { Phase: DatasetPhase.Committed, Manifest: { } manifest } ? WrongPhase(DatasetPhase.Committed, dataset)
        : now >= manifest.ValidUntil ? new Rejection(Reason.DataRightExpired, manifest.ValidUntil, now)
        : value.Admitted < 0 || (UInt128)value.Admitted > manifest.Chunks
            ? new Rejection(Reason.FieldOutOfRange, manifest.Chunks, value.Admitted, "admitted")
        : new DatasetValued(value);

    private static Outcome<DatasetEvent> DecideWithdraw(Dataset dataset, DataRightWithdrawal withdrawal, long now) =>
        dataset is not { Phase: DatasetPhase.Committed or DatasetPhase.Valued, Manifest: { } manifest }
            ? WrongPhase(DatasetPhase.Valued, dataset)
        : withdrawal.Dataset != dataset.Id ? new Rejection(Reason.FieldOutOfRange, Subject: "dataset")
        : withdrawal.Contributor != manifest.Contributor ? Reason.SignerNotAuthorised
        : now > withdrawal.Deadline ? new Rejection(Reason.DeadlinePassed, withdrawal.Deadline, now)
        : new DatasetWithdrawn(now);

    private static Outcome<DatasetEvent> DecideExpire(Dataset dataset, long now) =>
        dataset is not { Phase: DatasetPhase.Committed or DatasetPhase.Valued, Manifest: { } manifest }
            ? WrongPhase(DatasetPhase.Valued, dataset)
        : now < manifest.ValidUntil ? new Rejection(Reason.WrongState, manifest.ValidUntil, now, "validUntil")
        : new DatasetExpired(now);

    private static Rejection WrongPhase(DatasetPhase wanted, Dataset dataset) =>
        new(Reason.WrongState, (int)wanted, (int)dataset.Phase, "phase");
}
