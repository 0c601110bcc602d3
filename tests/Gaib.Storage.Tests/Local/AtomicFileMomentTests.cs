using Gaib.Storage.Local;

namespace Gaib.Storage.Tests.Local;

/// <summary>The files of several folders at one moment, taken while others write.</summary>
public sealed class AtomicFileMomentTests : IDisposable
{
    private const string Name = "ab01";

    private readonly string _root = Directory.CreateTempSubdirectory("gaib-moment-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Take_WhileHeld_WritersWaitAndReadsGoOn()
    {
        using var folder = new AtomicFileFolder(Path.Combine(_root, "grains"), null);
        Write(folder, Name, 1);
        Thread? writer = null;
        byte[]? readMeanwhile = null;

        AtomicFileMoment.Take([(Path.Combine(_root, "grains"), Path.Combine(_root, "links"))], () =>
        {
            writer = new Thread(() => Write(folder, Name, 2));
            writer.Start();

            // It comes to the gate and stops there.
            while ((writer.ThreadState & ThreadState.WaitSleepJoin) == 0)
            {
                Thread.Yield();
            }

            readMeanwhile = folder.Read(Name, Name);
        });

        writer!.Join();
        Assert.Equal([1], readMeanwhile);
        Assert.Equal([2], folder.Read(Name, Name));
        Assert.Equal([1], File.ReadAllBytes(Path.Combine(_root, "links", "a", "b", Name)));
    }

    [Fact]
    public async Task Take_WhileFilesOfTwoFoldersFollowEachOther_HasNoneOfThemAheadOfItsCause()
    {
        using var first = new AtomicFileFolder(Path.Combine(_root, "first"), null);
        using var second = new AtomicFileFolder(Path.Combine(_root, "second"), null);
        using var stopping = new CancellationTokenSource();
        var written = 0;
        var writing = Task.Run(() =>
        {
            for (byte value = 0; !stopping.IsCancellationRequested; value = (byte)((value + 1) % 250))
            {
                // Each name is replaced, and one comes and goes.
                Write(first, Name, value);
                Write(second, Name, value);
                Write(first, "cd02", value);
                Delete(first, "cd02");
                Interlocked.Increment(ref written);
            }
        });
        while (Volatile.Read(ref written) < 3)
        {
            await Task.Yield();
        }

        for (var i = 0; i < 20; i++)
        {
            var links = (First: Path.Combine(_root, $"links-{i}", "first"), Second: Path.Combine(_root, $"links-{i}", "second"));
            var atTheMoment = (First: -1, Second: -1, Comes: false);
            AtomicFileMoment.Take([(Path.Combine(_root, "first"), links.First), (Path.Combine(_root, "second"), links.Second)], () => atTheMoment =
                (first.Read(Name, Name)![0], second.Read(Name, Name)![0], first.Read("cd02", "cd02") is not null));

            Assert.Equal(atTheMoment.First, Linked(links.First, Name));
            Assert.Equal(atTheMoment.Second, Linked(links.Second, Name));
            Assert.Equal(atTheMoment.Comes, File.Exists(Path.Combine(links.First, "c", "d", "cd02")));
            Assert.Contains((250 + atTheMoment.First - atTheMoment.Second) % 250, new[] { 0, 1 });
        }

        stopping.Cancel();
        await writing;
    }

    private static int Linked(string root, string name) => File.ReadAllBytes(Path.Combine(root, name[..1], name[1..2], name))[0];

    private static void Write(AtomicFileFolder folder, string name, byte value)
    {
        lock (folder.Own().Gate(name))
        {
            folder.Write(name, name, [new byte[] { value }]);
        }
    }

    private static void Delete(AtomicFileFolder folder, string name)
    {
        lock (folder.Own().Gate(name))
        {
            folder.Delete(name, name);
        }
    }
}
