namespace Gaib.Abstractions.Money;

/// <summary>Takes backups of a running single-machine node, for an operator on the same machine. Key 0.</summary>
[Alias("gaib.backup")]
public interface IBackupGrain : IGrainWithIntegerKey
{
    /// <summary>Begins a backup; <see cref="Get"/> tells how it goes. One at a time.</summary>
    /// <param name="secret">What stands in the data directory, which only the node's own user can read.</param>
    /// <param name="target">Full path of a folder that is not there yet, on the node's machine.</param>
    /// <exception cref="InvalidOperationException">The secret is wrong, or another backup is under way.</exception>
    [Alias("start")]
    Task Start(string secret, string target);

    /// <summary>How the last backup goes.</summary>
    [Alias("get")]
    Task<BackupProgress> Get();
}

/// <summary>How a backup goes.</summary>
/// <param name="Target">Where it is written to; empty when none was begun.</param>
/// <param name="Bytes">Bytes written so far.</param>
/// <param name="Ended">True when it is over.</param>
/// <param name="Fault">Why it failed, in one sentence; null when it did not.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.backupProgress")]
public sealed record BackupProgress(
    [property: Id(0)] string Target, [property: Id(1)] long Bytes, [property: Id(2)] bool Ended, [property: Id(3)] string? Fault);
