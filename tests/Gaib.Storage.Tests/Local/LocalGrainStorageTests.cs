using Gaib.Domain.Governance;
using Gaib.Storage.Local;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Gaib.Storage.Tests.Local;

/// <summary>What Orleans asks of grain storage: the cases of its own provider suite, and what it leaves open.</summary>
public sealed class LocalGrainStorageTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("model", "one");
    private readonly LocalFolder _folder = new();
    private readonly LocalGrainStorage _storage;

    public LocalGrainStorageTests() => _storage = _folder.Open();

    public void Dispose()
    {
        _storage.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Read_NeverWritten_ResetsTheState()
    {
        var state = new GrainState<Parameters>(new Parameters { EpochMs = 5 }, "stale") { RecordExists = true };

        await _storage.ReadStateAsync("state", Grain, state);

        Assert.Equal(new Parameters(), state.State);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task Write_ThenReadByAnother_GivesTheStateAndItsETag()
    {
        var state = await Write(new GrainState<string>("Привет, мир"));
        using var other = _folder.Open();

        var read = await Read<string>(other);

        Assert.Equal("Привет, мир", read.State);
        Assert.Equal(state.ETag, read.ETag);
        Assert.True(state.RecordExists && read.RecordExists);
    }

    [Fact]
    public async Task Write_SameStateAgain_ChangesTheETag()
    {
        var state = await Write(new GrainState<string>("a"));
        var first = state.ETag;

        await Write(state);

        Assert.NotEqual(first, state.ETag);
        Assert.Single(_folder.Files());
    }

    [Fact]
    public async Task Write_StaleETag_IsRefusedAndChangesNothing()
    {
        var state = await Write(new GrainState<string>("a"));
        var stale = new GrainState<string>("stale", state.ETag) { RecordExists = true };
        state.State = "b";
        await Write(state);
        var staleTag = stale.ETag;

        var refused = await Assert.ThrowsAsync<InconsistentStateException>(() => Write(stale));

        Assert.Equal((state.ETag, staleTag), (refused.StoredEtag, refused.CurrentEtag));
        Assert.Equal(staleTag, stale.ETag);
        Assert.Equal("b", (await Read<string>(_storage)).State);
    }

    [Fact]
    public async Task Write_AsIfNewOverAnExistingOne_IsRefused()
    {
        await Write(new GrainState<string>("a"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(new GrainState<string>("b")));

        Assert.Equal("a", (await Read<string>(_storage)).State);
    }

    [Fact]
    public async Task Write_ETagFromBeforeAClear_IsRefusedForever()
    {
        var state = await Write(new GrainState<string>("a"));
        var old = new GrainState<string>("old", state.ETag);
        await _storage.ClearStateAsync("state", Grain, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(old));

        await Write(new GrainState<string>("a"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(old));
    }

    [Fact]
    public async Task Clear_Written_RemovesTheFile()
    {
        var state = await Write(new GrainState<Parameters>(new Parameters { EpochMs = 5 }));

        await _storage.ClearStateAsync("state", Grain, state);

        Assert.Equal((false, null, new Parameters()), (state.RecordExists, state.ETag, state.State));
        Assert.False((await Read<Parameters>(_storage)).RecordExists);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Clear_TwiceOrBeforeAWrite_IsFine()
    {
        var state = new GrainState<Parameters>(new Parameters { EpochMs = 5 }) { RecordExists = true };
        await _storage.ClearStateAsync("state", Grain, state);
        Assert.Equal((false, new Parameters()), (state.RecordExists, state.State));

        await Write(state);
        await _storage.ClearStateAsync("state", Grain, state);
        await _storage.ClearStateAsync("state", Grain, state);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task Clear_StaleETag_IsRefusedAndChangesNothing()
    {
        var state = await Write(new GrainState<string>("a"));
        var stale = new GrainState<string>("a", state.ETag);
        await Write(state);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("state", Grain, stale));

        Assert.Equal(state.ETag, (await Read<string>(_storage)).ETag);
    }

    public static TheoryData<string, string, string> OddKeys => new()
    {
        { "model", "a/b", "state" }, { "model", "../../etc", "../state" }, { "model", "a#b", "c" }, { "model", "a", "b#c" },
        { "model", "\0\n\t", "s\0" }, { "model", "ключ", "имя" }, { "model", "🤖", "?*:<>|\"" }, { "model", new string('x', 5_000), "state" },
        { "model", "a ", "" }, { "mo+del", "A", "state" }, { "mo+del", "a", "state" },
    };

    [Theory]
    [MemberData(nameof(OddKeys))]
    public async Task Write_OddCharacters_AreKeptApart(string type, string key, string name)
    {
        var others = OddKeys.Select(row => row.Data).ToArray();
        foreach (var (otherType, otherKey, otherName) in others)
        {
            var state = new GrainState<string>($"{otherType}|{otherKey}|{otherName}");
            await _storage.WriteStateAsync(otherName, GrainId.Create(otherType, otherKey), state);
        }

        var read = new GrainState<string>();
        await _storage.ReadStateAsync(name, GrainId.Create(type, key), read);

        Assert.Equal($"{type}|{key}|{name}", read.State);
        Assert.Equal(others.Length, _folder.Files().Length);
    }

    [Fact]
    public async Task Write_LargeState_ComesBackWhole()
    {
        var bytes = new byte[16 << 20];
        new Random(1).NextBytes(bytes);

        await Write(new GrainState<byte[]>(bytes));

        var read = await Read<byte[]>(_storage);
        Assert.True(bytes.AsSpan().SequenceEqual(read.State));
    }

    [Fact]
    public async Task Write_ManyWritersOfOneState_NoneIsLost()
    {
        using var other = _folder.Open();
        await Write(new GrainState<int>(0));
        var conflicts = 0;

        async Task Add(LocalGrainStorage storage)
        {
            for (var left = 20; left > 0;)
            {
                var state = await Read<int>(storage);
                state.State++;
                try
                {
                    await storage.WriteStateAsync("state", Grain, state);
                    left--;
                }
                catch (InconsistentStateException)
                {
                    Interlocked.Increment(ref conflicts);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Add(i % 2 == 0 ? _storage : other))));

        Assert.Equal(160, (await Read<int>(_storage)).State);
        Assert.True(conflicts > 0);
    }

    private async Task<GrainState<T>> Write<T>(GrainState<T> state)
    {
        await _storage.WriteStateAsync("state", Grain, state);
        return state;
    }

    private static async Task<GrainState<T>> Read<T>(LocalGrainStorage storage)
    {
        var state = new GrainState<T>();
        await storage.ReadStateAsync("state", Grain, state);
        return state;
    }
}
