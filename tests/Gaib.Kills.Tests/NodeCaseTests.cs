using Gaib.Abstractions.Ports;
using Gaib.Kills.Tests.Node;

namespace Gaib.Kills.Tests;

/// <summary>What a real node does where it can't write, or may not.</summary>
public sealed class NodeCaseTests(ITestOutputHelper output)
{
    private static readonly Death None = new("", 0);

    [Fact]
    public async Task Node_DiskFull_IsUnavailableLosesNothingAndGoesOnWhenThereIsSpace()
    {
        using var disk = SmallDisk.Mount(6);
        disk.Load(3 << 20);
        var world = new World(disk.Folder, seed: 5);
        using var node = world.Start(None);
        var (random, asked) = (new Random(5), 0);
        await using (var life = await Life.ConnectAsync(node))
        {
            await world.BeginAsync(life);
            var full = await Assert.ThrowsAsync<JournalUnavailableException>(async () =>
            {
                while (true)
                {
                    await world.AskAllAsync(life, random);
                    asked++;
                }
            });
            output.WriteLine($"full after {asked} rounds: {full.Message}");

            // It stays so, however often it is asked, and what it says it has can still be read.
            for (var i = 0; i < 5; i++)
            {
                await Assert.ThrowsAsync<JournalUnavailableException>(() => world.AskAllAsync(life, random));
            }

            Assert.True(await life.AskAsync(book => book.GetSequence()) <= world.Applied);
            disk.Unload();

            // The same process, the same callers.
            await world.BeginAsync(life);
            for (var i = 0; i < 20; i++)
            {
                await world.AskAllAsync(life, random);
            }

            await world.BeginAsync(life);
        }

        Assert.True(asked > 10, $"full after {asked} rounds");
        Assert.Equal(0, await node.StopAsync());
        world.CheckJournal();
    }

    [Fact]
    public async Task Node_BookOwnedByAnotherProcess_IsRefusedUntilThatOneIsKilled()
    {
        var folder = Directory.CreateTempSubdirectory("gaib-owners-").FullName;
        try
        {
            var world = new World(folder, seed: 6);
            using var first = world.Start(None);
            using var second = world.Start(None);
            await using (var owner = await Life.ConnectAsync(first))
            await using (var other = await Life.ConnectAsync(second))
            {
                await world.BeginAsync(owner);
                for (var i = 0; i < 20; i++)
                {
                    var refused = await Assert.ThrowsAsync<JournalUnavailableException>(() => other.AskAsync(book => book.GetSequence()));
                    Assert.Contains("is owned by another process", refused.Message, StringComparison.Ordinal);
                    await world.AskAllAsync(owner, new Random(i));
                }

                await world.BeginAsync(owner);
                first.Kill();
                Assert.Equal(137, await first.Died);
                await world.BeginAsync(other);
                for (var i = 0; i < 20; i++)
                {
                    await world.AskAllAsync(other, new Random(100 + i));
                }

                await world.BeginAsync(other);
            }

            Assert.True(await second.StopAsync() == 0, second.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
