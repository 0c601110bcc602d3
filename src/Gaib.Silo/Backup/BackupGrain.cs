using System.Security.Cryptography;
using System.Text;
using Gaib.Abstractions.Money;
using Gaib.Storage.Backup;
using Orleans.Concurrency;

namespace Gaib.Silo.Backup;

/// <summary>Takes backups of the node that it lives in. The work is done on a thread of its own; the grain only begins it and tells.</summary>
[Reentrant]
[KeepAlive]
[GrainType("gaib.backup")]
internal sealed class BackupGrain(BackupSource source, NodeGateway gateway) : Grain, IBackupGrain
{
    private string _target = "";
    private long _bytes;
    private Task<BackupManifest> _taking = Task.FromException<BackupManifest>(new InvalidOperationException("No backup was begun."));
    private string? _fault;

    public Task Start(string secret, string target)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(gateway.Secret)))
        {
            throw new InvalidOperationException("The node at this port is not the one of the data directory.");
        }

        if (_target.Length > 0 && !_taking.IsCompleted)
        {
            throw new InvalidOperationException($"A backup to {_target} is under way. Wait until it is done.");
        }

        (_target, _fault) = (target, null);
        Volatile.Write(ref _bytes, 0);
        _taking = Task.Factory.StartNew(
            () => NodeBackup.Take(source, target, bytes => Volatile.Write(ref _bytes, bytes)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public Task<BackupProgress> Get()
    {
        if (_taking.Exception?.InnerException is { } fault)
        {
            _fault = fault.Message;
        }

        return Task.FromResult(new BackupProgress(_target, Volatile.Read(ref _bytes), _target.Length > 0 && _taking.IsCompleted, _target.Length > 0 ? _fault : null));
    }
}
