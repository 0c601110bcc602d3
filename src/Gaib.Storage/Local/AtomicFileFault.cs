namespace Gaib.Storage.Local;

/// <summary>Where a test may make the disk fail.</summary>
public enum AtomicFilePoint
{
    /// <summary>Before a read.</summary>
    Read,

    /// <summary>Before a write or a removal: nothing has changed.</summary>
    BeforeWrite,

    /// <summary>The new bytes are durable beside the old ones but have no name yet: an exception other than an I/O error leaves them there, as a crash does.</summary>
    BeforeRename,

    /// <summary>After a write or a removal took effect: the caller must not take an error for "nothing happened".</summary>
    AfterWrite,
}

/// <summary>Called at each point; what it throws is what the caller of the store sees.</summary>
/// <param name="point">Where.</param>
/// <param name="key">Which: grain id and state name, grain id and reminder name, or a chunk's hash.</param>
public delegate void AtomicFileFault(AtomicFilePoint point, string key);
