using Gaib.Storage.Local;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Gaib.Storage.Tests.Local;

/// <summary>What a broken disk, a crash, a second process or rotten bytes do.</summary>
public sealed class LocalGrainStorageFaultTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("model", "one");
    private readonly LocalFolder _folder = new();
    private Action<AtomicFilePoint> _fault = _ => { };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_FailsBefore_NothingHasChanged()
    {
        using var storage = Open();
        var state = await Write(storage, "a");
        _fault = ThrowAt(AtomicFilePoint.BeforeWrite);

        await Assert.ThrowsAsync<IOException>(() => Write(storage, "b", state.ETag));
        _fault = _ => { };

        Assert.Equal(("a", state.ETag), await Read(storage));
        await Write(storage, "c", state.ETag);
    }

    [Fact]
    public async Task Write_FailsAfter_ItHasHappenedAndTheOldETagIsStale()
    {
        using var storage = Open();
        var state = await Write(storage, "a");
        _fault = ThrowAt(AtomicFilePoint.AfterWrite);

        await Assert.ThrowsAsync<IOException>(() => Write(storage, "b", state.ETag));
        _fault = _ => { };

        Assert.Equal("b", (await Read(storage)).State);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(storage, "c", state.ETag));
    }

    [Fact]
    public async Task Clear_FailsBeforeOrAfter_TheFileSaysWhatHappened()
    {
        using var storage = Open();
        var state = await Write(storage, "a");
        _fault = ThrowAt(AtomicFilePoint.BeforeWrite);
        await Assert.ThrowsAsync<IOException>(() => storage.ClearStateAsync("state", Grain, new GrainState<string>("a", state.ETag)));
        Assert.Equal("a", (await Read(storage)).State);

        _fault = ThrowAt(AtomicFilePoint.AfterWrite);
        await Assert.ThrowsAsync<IOException>(() => storage.ClearStateAsync("state", Grain, new GrainState<string>("a", state.ETag)));
        _fault = _ => { };
        Assert.Null((await Read(storage)).ETag);
    }

    [Fact]
    public async Task Read_Fails_TheStateIsLeftAlone()
    {
        using var storage = Open();
        await Write(storage, "a");
        _fault = ThrowAt(AtomicFilePoint.Read);
        var state = new GrainState<string>("mine", "tag") { RecordExists = true };

        await Assert.ThrowsAsync<IOException>(() => storage.ReadStateAsync("state", Grain, state));

        Assert.Equal(("mine", "tag", true), (state.State, state.ETag, state.RecordExists));
    }

    [Fact]
    public async Task Open_AfterACrashBeforeTheRename_HasTheOldStateAndNoLeftovers()
    {
        string? etag;
        using (var storage = Open())
        {
            etag = (await Write(storage, "a")).ETag;
            _fault = point =>
            {
                if (point == AtomicFilePoint.BeforeRename)
                {
                    throw new SimulatedCrashException();
                }
            };
            await Assert.ThrowsAsync<SimulatedCrashException>(() => Write(storage, "b", etag));
            Assert.Single(_folder.Unfinished());
        }

        _fault = _ => { };
        using var reopened = Open();

        Assert.Equal(("a", etag), await Read(reopened));
        await Write(reopened, "c", etag);
        Assert.Empty(_folder.Unfinished());
    }

    [Fact]
    public async Task Write_DiskFull_LeavesNothingUnfinished()
    {
        using var storage = Open();
        _fault = ThrowAt(AtomicFilePoint.BeforeRename);

        await Assert.ThrowsAsync<IOException>(() => Write(storage, "a"));

        Assert.Empty(_folder.Unfinished());
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Read_AnyBitFlipped_IsRefusedWithFileAndOffset()
    {
        using var storage = Open();
        await Write(storage, "some state");
        var path = Assert.Single(_folder.Files());
        var good = await File.ReadAllBytesAsync(path);
        var bodyStart = 28 + "model/one#state".Length + 32 + 16;

        for (var i = 0; i < good.Length; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= (byte)(1 << (i % 8));
            await File.WriteAllBytesAsync(path, bad);

            var refused = await Assert.ThrowsAsync<AtomicFileCorruptException>(() => Read(storage));

            Assert.Equal(path, refused.Path);
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Equal(i < 8 ? 0 : i < bodyStart ? refused.Offset : bodyStart, refused.Offset);
            Assert.True(i >= bodyStart || refused.Offset < bodyStart, $"byte {i} reported at {refused.Offset}");
        }

        await File.WriteAllBytesAsync(path, good);
        Assert.Equal("some state", (await Read(storage)).State);
    }

    [Fact]
    public async Task Read_CutOrLengthened_IsRefused()
    {
        using var storage = Open();
        await Write(storage, "some state");
        var path = Assert.Single(_folder.Files());
        var good = await File.ReadAllBytesAsync(path);

        for (var length = 0; length < good.Length; length++)
        {
            await File.WriteAllBytesAsync(path, good[..length]);
            await Assert.ThrowsAsync<AtomicFileCorruptException>(() => Read(storage));
        }

        await File.WriteAllBytesAsync(path, [.. good, 0]);
        await Assert.ThrowsAsync<AtomicFileCorruptException>(() => Read(storage));
    }

    [Fact]
    public async Task Write_OverACorruptFile_IsRefusedAndKeepsIt()
    {
        using var storage = Open();
        var state = await Write(storage, "some state");
        var path = Assert.Single(_folder.Files());
        var bad = await File.ReadAllBytesAsync(path);
        bad[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bad);

        await Assert.ThrowsAsync<AtomicFileCorruptException>(() => Write(storage, "b", state.ETag));

        Assert.Equal(bad, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task Read_FileOfAnotherGrain_IsRefused()
    {
        using var storage = Open();
        await Write(storage, "mine");
        var mine = Assert.Single(_folder.Files());
        await storage.WriteStateAsync("state", GrainId.Create("model", "two"), new GrainState<string>("other"));
        var other = Assert.Single(_folder.Files(), file => file != mine);
        File.Copy(other, mine, overwrite: true);

        var refused = await Assert.ThrowsAsync<AtomicFileCorruptException>(() => Read(storage));

        Assert.Equal(28, refused.Offset);
        Assert.Contains("model/two#state", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_AnotherProcessHoldsTheFolder_IsRefusedUntilItLetsGo()
    {
        Directory.CreateDirectory(_folder.Path);
        using var storage = Open();

        // The lock belongs to an open file, not to a process: this one stands for another process's.
        await using (new FileStream(Path.Combine(_folder.Path, ".owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            var refused = await Assert.ThrowsAsync<AtomicFileInUseException>(() => Write(storage, "a"));
            Assert.Equal(_folder.Path, refused.Folder);
        }

        await Write(storage, "a");
    }

    [Fact]
    public async Task Dispose_OneOfTwoUsers_TheOtherKeepsTheFolder()
    {
        using var first = Open();
        using (var second = Open())
        {
            await Write(first, "a");
            Assert.Equal("a", (await Read(second)).State);
            await second.WriteStateAsync("other", Grain, new GrainState<string>("b"));
        }

        Assert.Throws<IOException>(TakeLock);
        first.Dispose();
        TakeLock();
    }

    private void TakeLock() =>
        new FileStream(Path.Combine(_folder.Path, ".owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None).Dispose();

    private static Action<AtomicFilePoint> ThrowAt(AtomicFilePoint at) => point =>
    {
        if (point == at)
        {
            throw new IOException("No space left on device.");
        }
    };

    private LocalGrainStorage Open() => _folder.Open((point, key) =>
    {
        Assert.EndsWith("#state", key.Replace("#other", "#state", StringComparison.Ordinal), StringComparison.Ordinal);
        _fault(point);
    });

    private static async Task<GrainState<string>> Write(LocalGrainStorage storage, string value, string? etag = null)
    {
        var state = new GrainState<string>(value, etag);
        await storage.WriteStateAsync("state", Grain, state);
        return state;
    }

    private static async Task<(string? State, string? ETag)> Read(LocalGrainStorage storage)
    {
        var state = new GrainState<string>();
        await storage.ReadStateAsync("state", Grain, state);
        return (state.State, state.ETag);
    }
}
