using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>
/// A write or a flush that fails says nothing about what reached the disk. The owner takes nothing more; the next one reads what is true,
/// brings the last frame to the disk once more, and answers a retry once.
/// </summary>
public sealed class UnknownWriteTests : IDisposable
{
    private static readonly AccountId From = AccountId.Person(Address.FromHash(Keccak.HashUtf8("from")));
    private static readonly AccountId To = AccountId.Person(Address.FromHash(Keccak.HashUtf8("to")));

    private readonly string _folder = Directory.CreateTempSubdirectory("gaib-unknown-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("write", false)]
    [InlineData("write", true)]
    [InlineData("flush", false)]
    [InlineData("flush", true)]
    public async Task Append_TimedOut_RetryAtTheNextOwnerIsAnsweredOnce(string call, bool isDone)
    {
        var fails = false;
        var options = new JournalOptions { Directory = _folder, SegmentBytes = 64 << 10 };
        options.Over = files => new FailingFiles(files, (name, done) =>
        {
            if (fails && name == call && done == isDone)
            {
                throw new IOException("timed out");
            }
        });
        ulong writer;
        Transfer[] asked;
        await using (var first = await OpenBook.OpenAsync(options))
        {
            writer = first.Book.OpenWriter(Keccak.HashUtf8("writer"), first.Rows.Clear());
            await first.KeepAsync();
            await first.AskAsync(writer, new Transfer { Id = Transfer.IdOf(writer, 0), Debit = AccountId.Issuance, Credit = From, Amount = 100 });
            asked = [new Transfer { Id = Transfer.IdOf(writer, 1), Debit = From, Credit = To, Amount = 60 }];
            fails = true;
            await Assert.ThrowsAsync<JournalUnavailableException>(() => first.AskAsync(writer, asked));

            // The disk is well again, but this owner can't know what it holds.
            fails = false;
            Assert.Throws<JournalUnavailableException>(() => first.Journal.Append(new byte[] { 1 }, 1));
            await Assert.ThrowsAsync<JournalUnavailableException>(() => first.Journal.DurableAsync(3));
        }

        await using var next = await OpenBook.OpenAsync(options);
        var wasThere = next.Book.BalanceOf(To, AssetId.Gaib).Posted == 60;
        var once = await next.AskAsync(writer, asked);
        var twice = await next.AskAsync(writer, asked);

        // Only what never was given to the system is not found.
        Assert.Equal(call == "flush" || isDone, wasThere);
        Assert.Equal([new TransferAnswer(Reason.None, 60)], once);
        Assert.Equal(once, twice);
        Assert.Equal(((Int128)40, (Int128)60), (next.Book.BalanceOf(From, AssetId.Gaib).Posted, next.Book.BalanceOf(To, AssetId.Gaib).Posted));
        Assert.Equal(2UL, next.Book.Sequence);
    }

    [Fact]
    public void Append_FlushFailedAndLostItsBytes_NextOwnerBringsTheFrameToTheDiskBeforeItGoesOn()
    {
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        var first = SmallJournal.Append(log, 100);
        files.Before = call =>
        {
            if (call == "flush")
            {
                throw new IOException("fsync failed");
            }
        };
        Assert.Throws<IOException>(() => SmallJournal.Append(log, 200));
        files.Before = static _ => { };
        files.Calls.Clear();
        files.Epoch++;

        // It can be read, out of the cache, and is on no disk.
        var next = SmallJournal.Open(files);
        Assert.Equal(2UL, next.LastNumber);
        Assert.Equal([$"write {SmallJournal.First}:{FrameHeader.Padded(100)}", $"flush {SmallJournal.First}"], files.Calls);
        var third = SmallJournal.Append(next, 300);
        files.CutPower();
        files.Epoch++;

        var rows = SmallJournal.Read(SmallJournal.Open(files));
        Assert.Equal(3, rows.Length);
        Assert.Equal(first, rows[0]);
        Assert.Equal(third, rows[2]);
    }

    [Fact]
    public void Open_FlushOfTheLastFrameFailsAgain_IsRefusedUntilItSucceeds()
    {
        var files = new MemoryFiles();
        SmallJournal.Write(files, 100, 200);
        files.Before = call =>
        {
            if (call == "flush")
            {
                throw new IOException("fsync failed");
            }
        };

        Assert.Throws<IOException>(() => SmallJournal.Open(files));
        Assert.Throws<IOException>(() => SmallJournal.Open(files));
        files.Before = static _ => { };

        Assert.Equal(2UL, SmallJournal.Open(files).LastNumber);
    }

    [Fact]
    public void Open_FlushOfACutOffTailFails_TailIsCutOffAgainAndDoesNotComeBack()
    {
        var files = new MemoryFiles();
        var rows = SmallJournal.Write(files, 100, 1_500);
        files[SmallJournal.First] = [.. files[SmallJournal.First][..1_024], .. new byte[SmallJournal.SegmentBytes - 1_024]];
        files.Before = call =>
        {
            if (call == "flush" && files.Calls.Contains("flush mending"))
            {
                files.CutPower();
                throw new IOException("fsync failed");
            }
        };
        files.Calls.Clear();
        Assert.Throws<IOException>(() =>
        {
            _ = SmallJournal.Open(files);
        });
        files.Before = static _ => { };

        var next = SmallJournal.Open(files);

        Assert.Contains("was cut off", next.Mended, StringComparison.Ordinal);
        Assert.Equal([rows[0]], SmallJournal.Read(next));
        Assert.DoesNotContain("mending", files.List());
    }

    /// <summary>
    /// The torn frame was the first of its segment: with its zeros in the cache alone that one looks as if it were made ahead of time, and they are
    /// to be written all the same.
    /// </summary>
    [Fact]
    public void Open_FlushOfACutOffTailAtASegmentsBeginFails_ItsZerosAreWrittenAgain()
    {
        var (files, second) = (new MemoryFiles(), Segments.NameOf(2));
        var rows = SmallJournal.Write(files, 4_000, 3_900, 3_000);
        files[second] = [.. new byte[512], .. files[second][512..]];
        files.Before = call =>
        {
            if (call == "flush" && files.Calls.Contains("flush mending"))
            {
                throw new IOException("fsync failed");
            }
        };
        files.Calls.Clear();
        Assert.Throws<IOException>(() =>
        {
            _ = SmallJournal.Open(files);
        });
        files.Before = static _ => { };
        files.Calls.Clear();

        var next = SmallJournal.Open(files);

        Assert.Contains($"{second}: a torn frame after frame 2 was cut off at offset 0", next.Mended, StringComparison.Ordinal);
        Assert.InRange(files.Calls.IndexOf($"flush {second}"), 0, files.Calls.IndexOf("delete mending"));
        files.CutPower();
        Assert.Equal(rows[..2], SmallJournal.Read(SmallJournal.Open(files)));
    }

    [Fact]
    public void Open_NoteOfACutOffTailThatIsLongGone_ExcusesNoDamage()
    {
        // The note's removal was lost with the power, and frames were written since, where the tail had been and behind it.
        var files = new MemoryFiles();
        SmallJournal.Write(files, 100, 1_500);
        files[SmallJournal.First].AsSpan(1_024).Clear();
        var noted = new MemoryFiles();
        SmallJournal.Open(files, step =>
        {
            if (step == JournalStep.AfterMendingNote)
            {
                noted = files.Copy();
            }
        });
        files.Epoch++;
        SmallJournal.Write(files, 700, 40);
        files["mending"] = noted["mending"];
        var whole = files.Copy();
        var last = (int)(FrameHeader.Padded(100) + FrameHeader.Padded(700));
        files[SmallJournal.First][last + FrameHeader.Size] ^= 1;

        var opened = SmallJournal.TryOpen(files);

        Assert.Contains($"is damaged at offset {last}: frame 3 was written whole and has changed since", opened.Refused, StringComparison.Ordinal);
        Assert.Equal(3, SmallJournal.TryOpen(whole).Rows!.Length);
        Assert.DoesNotContain("mending", whole.List());
    }
}
