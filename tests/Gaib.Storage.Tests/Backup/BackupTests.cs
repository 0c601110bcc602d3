using System.Buffers.Binary;
using Gaib.Domain;
using Gaib.Storage.Backup;
using Gaib.Storage.Journal;
using Gaib.Storage.Local;
using Microsoft.Extensions.Options;

namespace Gaib.Storage.Tests.Backup;

/// <summary>Backups of a directory that is written to meanwhile, and what is made of them.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly string Genesis = Keccak.HashUtf8("genesis").ToString();

    private readonly string _root = Directory.CreateTempSubdirectory("gaib-backup-").FullName;
    private readonly JournalOptions _options;

    public BackupTests()
    {
        _options = new JournalOptions { Directory = Path.Combine(Data, "books"), SegmentBytes = 64 << 10 };
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "network"), Genesis + "\n");
        File.WriteAllText(Path.Combine(Data, ".gateway"), "1 secret\n");
        File.WriteAllText(Path.Combine(Data, "demo-seed.new"), "half");
    }

    private string Data => Path.Combine(_root, "data");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Take_WhileTheJournalIsWritten_HasAPrefixThatReachesTheMoment()
    {
        await using var journal = LocalJournal.Open(_options, Path.Combine(_options.Directory, "book-0"));
        using var stopping = new CancellationTokenSource();
        var durable = 0UL;
        var writing = Task.Run(async () =>
        {
            for (var i = 1UL; !stopping.IsCancellationRequested; i++)
            {
                // Long and short frames, so that segments are changed often, and snapshots that put segments aside.
                var at = journal.Append(Rows(i), (long)i);
                await journal.DurableAsync(at.Frame);
                Volatile.Write(ref durable, at.Frame);
                if (i % 40 == 0)
                {
                    await journal.SaveSnapshotAsync(at, [BitConverter.GetBytes(i)]);
                }
            }
        });
        for (var n = 0; n < 12; n++)
        {
            var before = Volatile.Read(ref durable);
            while (Volatile.Read(ref durable) < before + 30)
            {
                await Task.Yield();
            }

            var (atLeast, atMost) = (0UL, 0UL);
            var source = new BackupSource(Data) { AtTheMoment = () => atMost = Volatile.Read(ref durable) + 2 };
            atLeast = Volatile.Read(ref durable);
            var manifest = source.Take(Path.Combine(_root, $"backup-{n}"), 77, "0.1.0");
            BackupRestore.Run(Path.Combine(_root, $"backup-{n}"), Path.Combine(_root, $"restored-{n}"));

            var frame = Assert.Single(manifest.Journals).Frame;
            Assert.InRange(frame, atLeast, atMost);
            await AssertGoesOnAsync(Path.Combine(_root, $"restored-{n}"), frame);
        }

        stopping.Cancel();
        await writing;
        Assert.True(Directory.GetFiles(Path.Combine(_options.Directory, "book-0", "archive")).Length > 3);
    }

    [Fact]
    public async Task Take_OfAWholeDirectory_HasEveryKindOfFileAndNoLocks()
    {
        using var chunks = new LocalChunkStore(Path.Combine(Data, "chunks"));
        var hash = await chunks.PutAsync(new byte[] { 1, 2, 3 });
        WriteState("grains", "ab01", AtomicFileKind.GrainState);
        WriteState("pubsub", "cd02", AtomicFileKind.GrainState);
        WriteState("reminders", "ef03", AtomicFileKind.Reminder);
        Directory.CreateDirectory(Path.Combine(Data, "export"));
        await File.WriteAllTextAsync(Path.Combine(Data, "export", "network.json"), "{}");

        var manifest = new BackupSource(Data).Take(Path.Combine(_root, "backup"), 77, "0.1.0");

        var name = hash.ToString()[2..];
        Assert.Equal(
            ["chunks/" + name[0] + "/" + name[1] + "/" + name, "grains/a/b/ab01", "network", "pubsub/c/d/cd02", "reminders/e/f/ef03"],
            manifest.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.Equal((Genesis, 77, "0.1.0"), (manifest.Genesis, manifest.TakenAt, manifest.Program));
        Assert.Equal(manifest.Files, BackupManifest.Read(Path.Combine(_root, "backup")).Files);
        Assert.False(Directory.Exists(Path.Combine(Data, ".backup")));
    }

    [Fact]
    public void Take_ToAFolderThatIsThere_IsRefusedAndChangesNothing()
    {
        new BackupSource(Data).Take(Path.Combine(_root, "backup"), 1, "0.1.0");
        var before = File.ReadAllBytes(Path.Combine(_root, "backup", "backup.json"));

        var again = Assert.Throws<IOException>(() => new BackupSource(Data).Take(Path.Combine(_root, "backup"), 2, "0.1.0"));

        Assert.Equal($"{Path.Combine(_root, "backup")} is there already. Choose a new folder for the backup.", again.Message);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_root, "backup", "backup.json")));
    }

    [Fact]
    public void Take_BesideOneThatDidNotEnd_IsRefusedUntilItIsRemoved()
    {
        Directory.CreateDirectory(Path.Combine(_root, "backup.unfinished"));
        Assert.Throws<IOException>(() => new BackupSource(Data).Take(Path.Combine(_root, "backup"), 1, "0.1.0"));
        Directory.Delete(Path.Combine(_root, "backup.unfinished"));
        new BackupSource(Data).Take(Path.Combine(_root, "backup"), 1, "0.1.0");
    }

    [Fact]
    public async Task Take_OfARottenFile_MakesNoBackup()
    {
        using var chunks = new LocalChunkStore(Path.Combine(Data, "chunks"));
        var name = (await chunks.PutAsync(new byte[] { 1, 2, 3 })).ToString()[2..];
        await File.WriteAllBytesAsync(Path.Combine(Data, "chunks", name[..1], name[1..2], name), [1, 2, 4]);

        Assert.Throws<IOException>(() => new BackupSource(Data).Take(Path.Combine(_root, "backup"), 1, "0.1.0"));

        Assert.False(Path.Exists(Path.Combine(_root, "backup")));
        Assert.False(Path.Exists(Path.Combine(_root, "backup.unfinished")));
        Assert.False(Path.Exists(Path.Combine(Data, ".backup")));
    }

    [Fact]
    public async Task Run_AnyFileOfABackupChangedOrMissing_IsRefusedAndMakesNothing()
    {
        await using (var journal = LocalJournal.Open(_options, Path.Combine(_options.Directory, "book-0")))
        {
            await journal.DurableAsync(journal.Append(Rows(1), 1).Frame);
        }

        WriteState("grains", "ab01", AtomicFileKind.GrainState);
        var backup = Path.Combine(_root, "backup");
        var manifest = new BackupSource(Data).Take(backup, 1, "0.1.0");
        Assert.Equal(4, manifest.Files.Count);
        foreach (var path in manifest.Files.Select(file => Path.Combine(backup, file.Path)))
        {
            var bytes = await File.ReadAllBytesAsync(path);
            foreach (var spoilt in (byte[]?[])[[.. bytes[..^1], (byte)(bytes[^1] ^ 1)], bytes[..^1], [.. bytes, 0], null])
            {
                File.Delete(path);
                if (spoilt is not null)
                {
                    await File.WriteAllBytesAsync(path, spoilt);
                }

                var refused = Assert.Throws<IOException>(() => BackupRestore.Run(backup, Path.Combine(_root, "restored")));
                Assert.Contains(path, refused.Message, StringComparison.Ordinal);
                Assert.False(Path.Exists(Path.Combine(_root, "restored")) || Path.Exists(Path.Combine(_root, "restored.unfinished")));
            }

            await File.WriteAllBytesAsync(path, bytes);
        }

        BackupRestore.Run(backup, Path.Combine(_root, "restored"));
        Assert.Equal(Genesis + "\n", await File.ReadAllTextAsync(Path.Combine(_root, "restored", "network")));
    }

    [Fact]
    public void Run_WithoutAManifestOrToAFolderThatIsNotEmpty_IsRefused()
    {
        var backup = Path.Combine(_root, "backup");
        new BackupSource(Data).Take(backup, 1, "0.1.0");
        Directory.CreateDirectory(Path.Combine(_root, "full"));
        File.WriteAllText(Path.Combine(_root, "full", "mine"), "");
        Directory.CreateDirectory(Path.Combine(_root, "empty"));

        var full = Assert.Throws<IOException>(() => BackupRestore.Run(backup, Path.Combine(_root, "full")));
        BackupRestore.Run(backup, Path.Combine(_root, "empty"));
        File.Delete(Path.Combine(backup, "backup.json"));
        var unfinished = Assert.Throws<ArgumentException>(() => BackupRestore.Run(backup, Path.Combine(_root, "other")));

        Assert.Equal($"{Path.Combine(_root, "full")} is not empty. A backup is restored to a new or empty folder.", full.Message);
        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(Path.Combine(_root, "full")).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Combine(_root, "empty", "network")));
        Assert.StartsWith($"{backup} is no whole backup", unfinished.Message, StringComparison.Ordinal);
    }

    private static byte[] Rows(ulong number)
    {
        var rows = new byte[8 + (int)(number % 7 * 900)];
        BinaryPrimitives.WriteUInt64LittleEndian(rows, number);
        return rows;
    }

    /// <summary>The restored journal has every frame up to the last one of the manifest, opens, and takes more.</summary>
    private static async Task AssertGoesOnAsync(string directory, ulong last)
    {
        var options = new JournalOptions { Directory = Path.Combine(directory, "books"), SegmentBytes = 64 << 10 };
        var frames = new LocalJournalStore(Options.Create(options)).Read("book-0").ToList();
        Assert.Equal(last, (ulong)frames.Count);
        Assert.All(frames, frame => Assert.Equal(Rows(frame.Number), frame.Rows.ToArray()));
        await using var journal = LocalJournal.Open(options, Path.Combine(options.Directory, "book-0"));
        Assert.Equal("", journal.Mended);
        Assert.Equal(last, journal.Replay().LastOrDefault() is { Number: > 0 } end ? end.Number : journal.Snapshot!.Position.Frame);
        var next = journal.Append(Rows(last + 1), (long)last + 1);
        Assert.Equal(last + 1, next.Frame);
        await journal.DurableAsync(next.Frame);
    }

    private void WriteState(string store, string name, AtomicFileKind kind)
    {
        using var folder = new AtomicFileFolder(Path.Combine(Data, store), null);
        folder.Write(name, name, new AtomicFileRecord(name, "etag", new byte[] { 9 }).Encode(kind));
    }
}
