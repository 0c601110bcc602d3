using System.Collections.Concurrent;
using Gaib.Domain;

namespace Gaib.Verify.Reading;

/// <summary>The bytes that an export carries by hash. Whatever stands under a name that is not its hash is a finding and is not used.</summary>
internal sealed class Blobs(string directory, Findings findings)
{
    private readonly ConcurrentDictionary<Hash32, byte[]?> _read = new();

    /// <summary>The bytes of a hash.</summary>
    /// <returns>False when they are not there, or are others.</returns>
    public bool TryGet(Hash32 hash, out byte[] bytes)
    {
        bytes = _read.GetOrAdd(hash, Load)!;
        return bytes is not null;
    }

    /// <summary>The bytes of a hash, or null; what is missing is noted as not replayed.</summary>
    public byte[]? Find(LineAt at, string field, Hash32 hash)
    {
        if (TryGet(hash, out var bytes))
        {
            return bytes;
        }

        findings.Missing(at, field, hash);
        return null;
    }

    /// <summary>The hashes that blobs are named by, ascending.</summary>
    public IEnumerable<Hash32> Names => Directory.Exists(directory)
        ? Directory.GetFiles(directory).Select(path => Path.GetFileName(path)).Where(IsHash).Order(StringComparer.Ordinal).Select(Hash32.Parse)
        : [];

    /// <summary>
    /// The bytes of a hash, or null. Where they are missing but others are there that are what the line stands for, the hash is wrong;
    /// where none are, they are noted as not replayed.
    /// </summary>
    public byte[]? Find(LineAt at, string field, Hash32 hash, Predicate<byte[]> isMeant)
    {
        if (TryGet(hash, out var bytes))
        {
            return bytes;
        }

        foreach (var name in Names)
        {
            if (TryGet(name, out var other) && isMeant(other))
            {
                findings.Add(at, field, name.ToString(), hash.ToString());
                return null;
            }
        }

        findings.Missing(at, field, hash);
        return null;
    }

    /// <summary>Reads every file of the folder against its name.</summary>
    public int CheckAll()
    {
        var names = Directory.Exists(directory) ? Directory.GetFiles(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray() : [];
        foreach (var name in names)
        {
            if (IsHash(name))
            {
                TryGet(Hash32.Parse(name), out _);
            }
            else
            {
                findings.Add(new LineAt("blobs/" + name, 0), "", "a name of 64 lower-case hexadecimal digits", name);
            }
        }

        return names.Length;
    }

    private static bool IsHash(string name) => name.Length == 2 * Hash32.Size && name.All(char.IsAsciiHexDigitLower);

    private byte[]? Load(Hash32 hash)
    {
        var name = hash.ToString()[2..];
        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        return findings.Equal(new LineAt("blobs/" + name, 0), "", hash, Keccak.Hash(bytes)) ? bytes : null;
    }
}
