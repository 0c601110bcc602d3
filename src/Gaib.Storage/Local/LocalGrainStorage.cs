using Gaib.Domain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration.Overrides;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Gaib.Storage.Local;

/// <summary>
/// Grain state on the local disk: one file a grain and state name, named by keccak256 of both, replaced atomically, guarded by an
/// ETag. A write has happened exactly when it returned or when the file says so: after any error the caller reads again.
/// </summary>
public sealed class LocalGrainStorage : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly string _name;
    private readonly LocalGrainStorageOptions _options;
    private readonly IActivatorProvider _activators;
    private readonly AtomicFileFolder _folder;

    /// <summary>Made by <see cref="LocalGrainStorageExtensions"/>.</summary>
    /// <param name="name">Name of the storage.</param>
    /// <param name="options">Its options, with a serializer.</param>
    /// <param name="activators">Makes the empty state of a grain that has none.</param>
    public LocalGrainStorage(string name, LocalGrainStorageOptions options, IActivatorProvider activators)
    {
        _name = name;
        _options = options;
        _activators = activators;
        _folder = new AtomicFileFolder(options.Folder, options.Fault);
    }

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = LocalGrainStorageKey.Of(grainId, stateName);
        var record = await Task.Run(() => Find(key));
        if (record is null)
        {
            Reset(grainState);
            return;
        }

        grainState.State = _options.GrainStorageSerializer.Deserialize<T>(record.Body) ?? Empty<T>();
        grainState.ETag = record.ETag;
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = LocalGrainStorageKey.Of(grainId, stateName);
        var body = _options.GrainStorageSerializer.Serialize(grainState.State).ToMemory();
        var known = grainState.ETag;

        // A random ETag: after a clear and a new write, a writer from before must not match by chance.
        var record = new AtomicFileRecord(key.Text, Guid.NewGuid().ToString("N"), body);
        await Task.Run(() => Replace(key, known, record));
        grainState.ETag = record.ETag;
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = LocalGrainStorageKey.Of(grainId, stateName);
        var known = grainState.ETag;
        await Task.Run(() => Replace(key, known, null));
        Reset(grainState);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        OptionFormattingUtilities.Name<LocalGrainStorage>(_name),
        _options.InitStage,
        cancellationToken => Task.Run(() => { _folder.Own(); }, cancellationToken),
        _ =>
        {
            Dispose();
            return Task.CompletedTask;
        });

    /// <summary>Lets go of the folder.</summary>
    public void Dispose() => _folder.Dispose();

    internal static LocalGrainStorage Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<LocalGrainStorageOptions>>().Get(name);
        options.GrainStorageSerializer ??= new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>());
        return new LocalGrainStorage(name, options, services.GetRequiredService<IActivatorProvider>());
    }

    private AtomicFileRecord? Find(LocalGrainStorageKey key) => _folder.Read(key.FileName, key.Text) is { } bytes
        ? AtomicFileRecord.Decode(_folder.PathOf(key.FileName), bytes, AtomicFileKind.GrainState, key.Text)
        : null;

    private void Replace(LocalGrainStorageKey key, string? known, AtomicFileRecord? record)
    {
        lock (_folder.Own().Gate(key.FileName))
        {
            var stored = Find(key)?.ETag;
            if (stored != known)
            {
                throw new InconsistentStateException(
                    $"The state {key.Text} of the grain storage '{_name}' was changed by another writer.", stored ?? "", known ?? "");
            }

            if (record is not null)
            {
                _folder.Write(key.FileName, key.Text, record.Encode(AtomicFileKind.GrainState));
            }
            else if (stored is not null)
            {
                _folder.Delete(key.FileName, key.Text);
            }
        }
    }

    private void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private T Empty<T>() => typeof(T) == typeof(string) || typeof(T).IsArray ? default! : _activators.GetActivator<T>().Create();
}
