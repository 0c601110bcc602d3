namespace Gaib.Storage.Journal;

/// <summary>The steps of taking over, writing and keeping a journal at which a fault may strike.</summary>
public enum JournalStep
{
    /// <summary>The lock is held, the epoch is still that of the owner before.</summary>
    BeforeEpoch,

    /// <summary>The epoch is raised, nothing of the journal was read.</summary>
    AfterEpoch,

    /// <summary>A torn tail was found, nothing was changed.</summary>
    BeforeMending,

    /// <summary>It is noted that a tail is being cut off, which still stands.</summary>
    AfterMendingNote,

    /// <summary>The tail is zero on stable storage, the note of it still stands.</summary>
    AfterMending,

    /// <summary>The last frame was written once more.</summary>
    AfterLastAgain,

    /// <summary>Rows are in memory, nothing is on disk.</summary>
    BeforeWrite,

    /// <summary>The frame was handed to the operating system.</summary>
    AfterWrite,

    /// <summary>The frame is on stable storage, nobody was told.</summary>
    AfterFlush,

    /// <summary>A new segment is about to be made or taken.</summary>
    BeforeSegment,

    /// <summary>A file of zeros is written under its temporary name.</summary>
    BeforeFileRename,

    /// <summary>A new segment is there, no frame is in it.</summary>
    AfterSegment,

    /// <summary>A part of a snapshot was written, others are not.</summary>
    AfterSnapshotPart,

    /// <summary>A snapshot is written under its temporary name.</summary>
    BeforeSnapshotRename,

    /// <summary>A snapshot has its name, older ones are still there.</summary>
    AfterSnapshotRename,

    /// <summary>A segment that snapshots cover is about to be moved aside.</summary>
    BeforeArchive,

    /// <summary>A segment was moved aside, others may follow.</summary>
    AfterArchive,
}
