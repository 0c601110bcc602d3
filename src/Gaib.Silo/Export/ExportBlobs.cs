using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Silo.Export;

/// <summary>The folder of blobs. Held-back parts go in only when they are burnt.</summary>
internal sealed class ExportBlobs(IChunkStore store, string directory, IReadOnlySet<HeldBackKind> burn)
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(directory, "blobs")).FullName;
    private readonly HashSet<Hash32> _written = [];
    private readonly HashSet<(Hash32 Job, HeldBackKind Kind)> _burnt = [];

    /// <summary>The kinds of held-back data that this export reveals.</summary>
    public IReadOnlySet<HeldBackKind> Burn => burn;

    /// <summary>Reads a blob of the store.</summary>
    /// <exception cref="InvalidOperationException">The store has lost it.</exception>
    public async Task<byte[]> ReadAsync(Hash32 hash) =>
        await store.GetAsync(hash) ?? throw new InvalidOperationException($"The chunk store has lost {hash}. Restore it from a backup.");

    /// <summary>Writes bytes under their hash.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var hash = Keccak.Hash(bytes);
        if (_written.Add(hash))
        {
            File.WriteAllBytes(Path.Combine(_folder, hash.ToString()[2..]), bytes);
        }
    }

    /// <summary>Copies a blob of the store; nothing for a zero hash.</summary>
    public async Task CopyAsync(Hash32 hash)
    {
        if (!hash.IsZero && !_written.Contains(hash))
        {
            Add(await ReadAsync(hash));
        }
    }

    /// <summary>Copies the parts of a job that are burnt, by this export or an earlier one.</summary>
    public async Task AddHeldBackAsync(Job job)
    {
        foreach (var part in job.Terms.HeldBack.Where(part => job.Burnt.ContainsKey(part.Kind)))
        {
            await CopyAsync(part.Pack);
            _burnt.Add((job.Id, part.Kind));
        }
    }

    /// <summary>True when a part of a job was added.</summary>
    public bool IsBurnt(Hash32 job, HeldBackKind kind) => _burnt.Contains((job, kind));
}
