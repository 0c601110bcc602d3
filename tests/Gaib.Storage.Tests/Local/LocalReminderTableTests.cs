using Gaib.Storage.Local;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;

namespace Gaib.Storage.Tests.Local;

/// <summary>What Orleans asks of a reminder table, case by case as its own provider suite does.</summary>
public sealed class LocalReminderTableTests : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
    private readonly LocalFolder _folder = new();
    private readonly LocalReminderTable _table;

    public LocalReminderTableTests() => _table = Open();

    public async ValueTask InitializeAsync() => await _table.StartAsync(default);

    public ValueTask DisposeAsync()
    {
        _table.Dispose();
        _folder.Dispose();
        return default;
    }

    [Fact]
    public async Task Upsert_ThenRead_GivesTheWholeRow()
    {
        var etag = await Upsert(Grain(1), "foo/bar\\#b_a_z?");

        var row = await _table.ReadRow(Grain(1), "foo/bar\\#b_a_z?");

        Assert.Equal((Grain(1), "foo/bar\\#b_a_z?", Start, TimeSpan.FromMinutes(3), etag), (row!.GrainId, row.ReminderName, row.StartAt, row.Period, row.ETag));
        Assert.Equal(DateTimeKind.Utc, row.StartAt.Kind);
    }

    [Fact]
    public async Task Upsert_Again_ReplacesTheRowAndItsETag()
    {
        var first = await Upsert(Grain(1), "a");
        var second = await _table.UpsertRow(Row(Grain(1), "a", Start.AddHours(2), TimeSpan.FromSeconds(17)));

        var row = Assert.Single((await _table.ReadRows(Grain(1))).Reminders);

        Assert.NotEqual(first, second);
        Assert.Equal((Start.AddHours(2), TimeSpan.FromSeconds(17), second), (row.StartAt, row.Period, row.ETag));
    }

    [Fact]
    public async Task Read_Unknown_IsNullOrEmpty()
    {
        Assert.Null(await _table.ReadRow(Grain(1), "a"));
        Assert.Empty((await _table.ReadRows(Grain(1))).Reminders);
        Assert.Empty((await _table.ReadRows(0, 0)).Reminders);
    }

    [Fact]
    public async Task ReadRows_OfAGrain_GivesOnlyItsOwn()
    {
        await Upsert(Grain(1), "a");
        await Upsert(Grain(1), "b");
        await Upsert(Grain(2), "a");

        Assert.Equal(["a", "b"], (await _table.ReadRows(Grain(1))).Reminders.Select(r => r.ReminderName).Order());
    }

    [Fact]
    public async Task Remove_OnlyWithTheCurrentETag()
    {
        var stale = await Upsert(Grain(1), "a");
        var current = await Upsert(Grain(1), "a");

        Assert.False(await _table.RemoveRow(Grain(1), "a", stale));
        Assert.False(await _table.RemoveRow(Grain(1), "b", current));
        Assert.NotNull(await _table.ReadRow(Grain(1), "a"));
        Assert.True(await _table.RemoveRow(Grain(1), "a", current));
        Assert.False(await _table.RemoveRow(Grain(1), "a", current));
        Assert.Null(await _table.ReadRow(Grain(1), "a"));
    }

    [Fact]
    public async Task ReadRows_Range_ExcludesItsBeginIncludesItsEndAndWraps()
    {
        var grains = Enumerable.Range(0, 40).Select(Grain).OrderBy(g => g.GetUniformHashCode()).ToArray();
        foreach (var grain in grains)
        {
            await Upsert(grain, "a");
        }

        var hashes = grains.Select(g => g.GetUniformHashCode()).ToArray();
        (uint Begin, uint End)[] ranges =
        [
            (0, 0), (hashes[5], hashes[5]), (hashes[5], hashes[20]), (hashes[20], hashes[5]), (0, uint.MaxValue), (uint.MaxValue, 0),
            (hashes[39], hashes[0]), (hashes[0], hashes[39]), (hashes[7] - 1, hashes[7]), (hashes[7], hashes[7] + 1), (int.MaxValue, 1U << 31),
        ];
        foreach (var (begin, end) in ranges)
        {
            var expected = grains.Where(g => RangeFactory.CreateRange(begin, end).InRange(g.GetUniformHashCode()));
            var found = (await _table.ReadRows(begin, end)).Reminders.Select(r => r.GrainId);

            Assert.Equal(expected, found.OrderBy(g => g.GetUniformHashCode()));
        }
    }

    [Fact]
    public async Task Start_AgainAfterAStop_HasEverything()
    {
        var etag = await Upsert(Grain(1), "a");
        await _table.StartAsync(default);
        await _table.StopAsync(default);
        await _table.StartAsync(default);
        using var other = Open();

        Assert.Equal(etag, (await _table.ReadRow(Grain(1), "a"))!.ETag);
        Assert.Equal(etag, (await other.ReadRow(Grain(1), "a"))!.ETag);
    }

    [Fact]
    public async Task Upsert_OddNames_AreKeptApart()
    {
        string[] names = ["", " ", "a", "A", "../x", "a\0", "имя", "🤖", new('n', 3_000)];
        foreach (var name in names)
        {
            await Upsert(Grain(1), name);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), (await _table.ReadRows(Grain(1))).Reminders.Select(r => r.ReminderName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Upsert_ManyAtOnce_AllArrive()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Upsert(Grain(i % 20), $"r{i / 20}")));

        Assert.Equal(200, (await _table.ReadRows(0, 0)).Reminders.Count);
    }

    [Fact]
    public async Task Upsert_CrashBeforeTheRename_KeepsTheOldRow()
    {
        var etag = await Upsert(Grain(1), "a");
        using var crashing = Open(LocalFolder.ThrowAt(AtomicFilePoint.BeforeRename, new SimulatedCrashException()));

        await Assert.ThrowsAsync<SimulatedCrashException>(() => crashing.UpsertRow(Row(Grain(1), "a", Start.AddDays(1), TimeSpan.FromDays(1))));

        var row = await _table.ReadRow(Grain(1), "a");
        Assert.Equal((etag, Start), (row!.ETag, row.StartAt));
    }

    [Fact]
    public async Task ReadRows_ACorruptFile_IsRefused()
    {
        await Upsert(Grain(1), "a");
        var path = Assert.Single(_folder.Files());
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        Assert.Equal(path, (await Assert.ThrowsAsync<AtomicFileCorruptException>(() => _table.ReadRows(0, 0))).Path);
        Assert.Equal(path, (await Assert.ThrowsAsync<AtomicFileCorruptException>(() => _table.ReadRow(Grain(1), "a"))).Path);
    }

    [Fact]
    public async Task TestOnlyClear_RemovesAll()
    {
        await Upsert(Grain(1), "a");
        await Upsert(Grain(2), "b");

        await _table.TestOnlyClearTable();

        Assert.Empty((await _table.ReadRows(0, 0)).Reminders);
    }

    private LocalReminderTable Open(AtomicFileFault? fault = null) =>
        new(Options.Create(new LocalReminderTableOptions { Folder = _folder.Path, Fault = fault }));

    private static GrainId Grain(int n) => GrainId.Create("lease", $"key-{n}");

    private static ReminderEntry Row(GrainId grain, string name, DateTime start, TimeSpan period) =>
        new() { GrainId = grain, ReminderName = name, StartAt = start, Period = period };

    private async Task<string> Upsert(GrainId grain, string name) => (await _table.UpsertRow(Row(grain, name, Start, TimeSpan.FromMinutes(3))))!;
}
