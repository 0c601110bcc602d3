using Gaib.Simulation.Tests.Disk;
using Orleans.Storage;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// What grains have stored, one file each that is replaced whole. The states are immutable values, so that they are kept as they are. What
/// the disk does to single files is tested with the storage; here it is full, it fails before or after the fact, and its power goes.
/// </summary>
internal sealed class SimulatedStorage(Machine machine, Wire wire, Random random, EventLog log)
{
    private readonly SimulatedDisk _disk = machine.Disk;
    private readonly Dictionary<GrainId, (object State, int Etag)> _stored = [];
    private int _etags;

    /// <summary>What an activation of a grain begins with.</summary>
    /// <param name="id">The grain.</param>
    /// <param name="read">Takes the value to be stored out of a state.</param>
    /// <param name="fill">Puts a stored value into a state.</param>
    /// <param name="onStored">Told what this activation has stored.</param>
    public IPersistentState<T> Open<T>(GrainId id, Func<T, object?> read, Action<T, object> fill, Action<object> onStored)
        where T : class, new()
    {
        var state = new SimulatedState<T>(this, id, read, onStored);
        if (_stored.TryGetValue(id, out var stored))
        {
            fill(state.State, stored.State);
            state.Etag = stored.Etag;
        }

        return state;
    }

    /// <summary>What is stored for a grain, or null.</summary>
    public object? Find(GrainId id) => _stored.TryGetValue(id, out var stored) ? stored.State : null;

    private Task WriteAsync<T>(SimulatedState<T> writer, object next)
        where T : class, new()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        wire.Later(1 + random.Next(2), () => Write(writer, next, done), machine.Process);
        return done.Task;
    }

    private void Write<T>(SimulatedState<T> writer, object next, TaskCompletionSource done)
        where T : class, new()
    {
        try
        {
            _disk.CheckPower();
            _disk.CheckSpace();
            _disk.MayFail("state write error", _disk.Faults.WriteError);
            var known = _stored.TryGetValue(writer.Id, out var stored) ? stored.Etag : 0;
            if (known != writer.Etag)
            {
                log.See("state changed by another activation");
                throw new InconsistentStateException("The state was changed by another writer.");
            }

            _stored[writer.Id] = (next, ++_etags);
            writer.OnStored(next);
            _disk.MayFail("state written and not told", _disk.Faults.WriteError);
            writer.Etag = _etags;
            done.SetResult();
        }
        catch (Exception fault) when (fault is IOException or PowerCutException or InconsistentStateException)
        {
            done.SetException(fault);
        }
    }

    private sealed class SimulatedState<T>(SimulatedStorage storage, GrainId id, Func<T, object?> read, Action<object> onStored) : IPersistentState<T>
        where T : class, new()
    {
        public GrainId Id => id;

        public Action<object> OnStored => onStored;

        public int Etag { get; set; }

        public T State { get; set; } = new();

        string Orleans.Core.IStorage.Etag => Etag.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public bool RecordExists => Etag > 0;

        public Task WriteStateAsync() => storage.WriteAsync(this, read(State)!);

        public Task ReadStateAsync() => throw new NotSupportedException();

        public Task ClearStateAsync() => throw new NotSupportedException();
    }
}
