using System.Text;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Storage.Local;

namespace Gaib.Storage.Tests.Local;

public sealed class LocalChunkStoreTests : IDisposable
{
    private readonly LocalFolder _folder = new();
    private readonly LocalChunkStore _store;

    public LocalChunkStoreTests() => _store = new LocalChunkStore(_folder.Path);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(20_000_000)]
    public async Task Put_AnyBytes_AreFoundUnderTheirKeccak(int length)
    {
        var bytes = Bytes(length);

        var hash = await _store.PutAsync(bytes);

        Assert.Equal(Keccak.Hash(bytes), hash);
        Assert.True(await _store.ExistsAsync(hash));
        var read = await _store.GetAsync(hash);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public async Task Get_Unknown_IsNull()
    {
        Assert.Null(await _store.GetAsync(Keccak.HashUtf8("nothing")));
        Assert.False(await _store.ExistsAsync(Keccak.HashUtf8("nothing")));
    }

    [Fact]
    public async Task Put_SameBytesAgain_WritesNothing()
    {
        var writes = 0;
        using var store = new LocalChunkStore(_folder.Path, (point, _) => writes += point == AtomicFilePoint.AfterWrite ? 1 : 0);

        await store.PutAsync(Bytes(10));
        await store.PutAsync(Bytes(10));

        Assert.Equal(1, writes);
        Assert.Single(_folder.Files());
    }

    [Fact]
    public async Task Put_Chunk_LiesInTwoLevelsUnderItsHash()
    {
        var hash = await _store.PutAsync(Encoding.UTF8.GetBytes("abc"));
        const string Digits = "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45";

        Assert.Equal("0x" + Digits, hash.ToString());
        Assert.Equal([Path.Combine(_folder.Path, "4", "e", Digits)], _folder.Files());
        Assert.Equal("abc", await File.ReadAllTextAsync(_folder.Files()[0]));
    }

    [Fact]
    public async Task Get_AnyBitFlipped_IsATypedFailure()
    {
        var hash = await _store.PutAsync(Bytes(64));
        var path = Assert.Single(_folder.Files());
        for (var bit = 0; bit < 64 * 8; bit++)
        {
            var bad = Bytes(64);
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(path, bad);

            var refused = await Assert.ThrowsAsync<ChunkCorruptException>(async () => await _store.GetAsync(hash));

            Assert.Equal((hash, Keccak.Hash(bad), path), (refused.Expected, refused.Actual, refused.Location));
        }
    }

    [Fact]
    public async Task Put_OverRottenBytes_RepairsThem()
    {
        var hash = await _store.PutAsync(Bytes(64));
        await File.WriteAllBytesAsync(Assert.Single(_folder.Files()), [1, 2, 3]);

        await _store.PutAsync(Bytes(64));

        Assert.Equal(Bytes(64), await _store.GetAsync(hash));
    }

    [Fact]
    public async Task Enumerate_ManyChunks_GivesAllAscendingAndNothingElse()
    {
        var expected = new SortedSet<Hash32>();
        for (var i = 0; i < 300; i++)
        {
            expected.Add(await _store.PutAsync(Bytes(i)));
        }

        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_folder.Files()[0])!, "notes.txt"), "not a chunk");
        var found = new List<Hash32>();
        await foreach (var hash in _store.EnumerateAsync())
        {
            found.Add(hash);
        }

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task Put_ManyAtOnceIntoTwoStores_AllArriveOnce()
    {
        using var other = new LocalChunkStore(_folder.Path);

        var hashes = await Task.WhenAll(Enumerable.Range(0, 400).Select(async i => await (i % 2 == 0 ? _store : other).PutAsync(Bytes(i / 8))));

        Assert.Equal(50, hashes.Distinct().Count());
        Assert.Equal(50, _folder.Files().Length);
        foreach (var hash in hashes.Distinct())
        {
            Assert.NotNull(await other.GetAsync(hash));
        }

        Assert.Empty(_folder.Unfinished());
    }

    [Fact]
    public async Task Open_AfterACrashBeforeTheRename_HasNoChunkAndNoLeftovers()
    {
        using (var crashing = new LocalChunkStore(_folder.Path, LocalFolder.ThrowAt(AtomicFilePoint.BeforeRename, new SimulatedCrashException())))
        {
            await Assert.ThrowsAsync<SimulatedCrashException>(async () => await crashing.PutAsync(Bytes(5)));
        }

        Assert.Single(_folder.Unfinished());
        Assert.Null(await _store.GetAsync(Keccak.Hash(Bytes(5))));

        await _store.PutAsync(Bytes(6));

        Assert.Empty(_folder.Unfinished());
        Assert.Null(await _store.GetAsync(Keccak.Hash(Bytes(5))));
        await _store.PutAsync(Bytes(5));
        Assert.Equal(Bytes(5), await _store.GetAsync(Keccak.Hash(Bytes(5))));
    }

    [Fact]
    public async Task Put_DiskFailsAfter_TheChunkIsThereAndTheRetryIsFine()
    {
        using var failing = new LocalChunkStore(_folder.Path, LocalFolder.ThrowAt(AtomicFilePoint.AfterWrite, new IOException("gone")));

        await Assert.ThrowsAsync<IOException>(async () => await failing.PutAsync(Bytes(5)));

        Assert.Equal(Bytes(5), await _store.GetAsync(Keccak.Hash(Bytes(5))));
        Assert.Equal(Keccak.Hash(Bytes(5)), await failing.PutAsync(Bytes(5)));
    }

    [Fact]
    public async Task Get_BesideAnotherProcessThatWrites_NeedsNoHold()
    {
        var hash = await _store.PutAsync(Bytes(9));
        _store.Dispose();
        await using var held = new FileStream(Path.Combine(_folder.Path, ".owner"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal(Bytes(9), await _store.GetAsync(hash));
        await Assert.ThrowsAsync<AtomicFileInUseException>(async () => await _store.PutAsync(Bytes(10)));
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
