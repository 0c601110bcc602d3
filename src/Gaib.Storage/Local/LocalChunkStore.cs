using System.Runtime.CompilerServices;
using Gaib.Abstractions.Ports;
using Gaib.Domain;

namespace Gaib.Storage.Local;

/// <summary>
/// Chunks as files named by their hash. Reading takes no hold of the folder, so that other processes may read beside the one that
/// writes; the first put takes hold.
/// </summary>
public sealed class LocalChunkStore : IChunkStore, IDisposable
{
    private readonly AtomicFileFolder _folder;

    /// <summary>A store in a folder, which need not exist yet.</summary>
    /// <param name="folder">Path of the folder.</param>
    /// <param name="fault">For tests: makes the disk fail.</param>
    public LocalChunkStore(string folder, AtomicFileFault? fault = null) => _folder = new AtomicFileFolder(folder, fault);

    /// <inheritdoc/>
    public async ValueTask<Hash32> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        var hash = Keccak.Hash(bytes.Span);

        // The disk blocks its thread; a grain's turn must not be that thread.
        await Task.Run(() => Put(hash, bytes), cancellationToken);
        return hash;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(Hash32 hash, CancellationToken cancellationToken = default)
    {
        var name = NameOf(hash);
        var bytes = await Task.Run(() => _folder.Read(name, hash.ToString()), cancellationToken);
        return bytes is null || Keccak.Hash(bytes) is var actual && actual == hash
            ? bytes
            : throw new ChunkCorruptException(hash, actual, _folder.PathOf(name));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(Hash32 hash, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(File.Exists(_folder.PathOf(NameOf(hash))));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Hash32> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var digit in "0123456789abcdef")
        {
            var names = await Task.Run(() => _folder.Names(digit.ToString()).ToArray(), cancellationToken);
            foreach (var name in names.Where(IsHash))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return Hash32.Parse(name);
            }
        }
    }

    /// <summary>Lets go of the folder.</summary>
    public void Dispose() => _folder.Dispose();

    private void Put(Hash32 hash, ReadOnlyMemory<byte> bytes)
    {
        var name = NameOf(hash);
        lock (_folder.Own().Gate(name))
        {
            // What lies there already may have rotted since; then this put repairs it.
            if (_folder.Read(name, hash.ToString()) is { } present && present.AsSpan().SequenceEqual(bytes.Span))
            {
                _folder.SyncFolderOf(name);
            }
            else
            {
                _folder.Write(name, hash.ToString(), [bytes]);
            }
        }
    }

    private static string NameOf(Hash32 hash) => hash.ToString()[2..];

    private static bool IsHash(string name) => name.Length == 64 && name.All(char.IsAsciiHexDigitLower);
}
