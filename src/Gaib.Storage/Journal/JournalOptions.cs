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

    /// <summary>Called at a named step of writing; tests make it throw or kill the process. Default: does nothing.</summary>
    public Action<JournalStep> OnStep { get; set; } = static _ => { };

    /// <summary>Puts something between the journal and its files; tests make it cut writes in half or fail. Default: nothing.</summary>
    internal Func<IJournalFiles, IJournalFiles> Over { get; set; } = static files => files;
}
