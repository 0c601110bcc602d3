namespace Gaib.Storage.Journal;

/// <summary>Settings of the journal on the local disk.</summary>
public sealed class JournalOptions
{
    /// <summary>The folder that holds one folder a journal. No default: it must be set.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Bytes of one pre-zeroed segment file. Default 16 MiB; from 64 KiB to 1 GiB.</summary>
    public int SegmentBytes { get; set; } = 16 << 20;

    /// <summary>
    /// Moves segments that two snapshots cover into the folder <c>archive</c>. They hold what was sold and to whom, so they are never
    /// removed by themselves; exports read them there. Default true.
    /// </summary>
    public bool ArchiveCovered { get; set; } = true;

    /// <summary>Called before a named step of writing; tests make it throw or kill the process. Default: does nothing.</summary>
    public Action<JournalStep> OnStep { get; set; } = static _ => { };
}

/// <summary>The steps of writing a journal, in order, at which a fault may strike.</summary>
public enum JournalStep
{
    /// <summary>Rows are in memory, nothing is on disk.</summary>
    BeforeWrite,

    /// <summary>The frame was handed to the operating system.</summary>
    AfterWrite,

    /// <summary>The frame is on stable storage, nobody was told.</summary>
    AfterFlush,

    /// <summary>A new segment is about to be made.</summary>
    BeforeSegment,

    /// <summary>A snapshot is written under its temporary name.</summary>
    BeforeSnapshotRename,

    /// <summary>A segment that snapshots cover is about to be moved aside.</summary>
    BeforeArchive,
}
