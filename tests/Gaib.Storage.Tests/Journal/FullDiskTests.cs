using System.Diagnostics;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>A file system that is really full: a small one in memory, where it may be mounted.</summary>
public sealed class FullDiskTests : IDisposable
{
    private static readonly AccountId From = AccountId.Person(Address.FromHash(Keccak.HashUtf8("from")));
    private static readonly AccountId To = AccountId.Person(Address.FromHash(Keccak.HashUtf8("to")));

    private readonly string _folder = Directory.CreateTempSubdirectory("gaib-full-").FullName;
    private bool _isMounted;

    private string Ballast => Path.Combine(_folder, "ballast");

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", _folder);
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Append_DiskFull_KeepsWhatWasAnsweredAndGoesOnWhenThereIsSpace()
    {
        Mount(mebibytes: 2);
        await File.WriteAllBytesAsync(Ballast, new byte[1 << 20], TestContext.Current.CancellationToken);
        var options = new JournalOptions { Directory = _folder, SegmentBytes = 64 << 10 };
        var (writer, answered) = (0UL, 0UL);
        await using (var book = await OpenBook.OpenAsync(options))
        {
            writer = book.Book.OpenWriter(Keccak.HashUtf8("writer"), book.Rows.Clear());
            await book.KeepAsync();
            await book.AskAsync(writer, Pay(writer, 0) with { Debit = AccountId.Issuance, Credit = From, Amount = 1_000_000 });
            await Assert.ThrowsAsync<JournalUnavailableException>(async () =>
            {
                for (; ; answered++)
                {
                    await book.AskAsync(writer, Pay(writer, answered + 1));
                }
            });
        }

        Assert.True(answered > 1_000, $"full after {answered}");

        // A next owner can read all that was answered, and is refused the same.
        for (var i = 0; i < 3; i++)
        {
            await using var book = await OpenBook.OpenAsync(options);
            Assert.Equal((Int128)answered, book.Book.BalanceOf(To, AssetId.Gaib).Posted);
            await Assert.ThrowsAsync<JournalUnavailableException>(() => book.AskAsync(writer, Pay(writer, answered + 1)));
        }

        File.Delete(Ballast);
        await using var again = await OpenBook.OpenAsync(options);
        Assert.Equal([new TransferAnswer(Reason.None, 1)], await again.AskAsync(writer, Pay(writer, answered + 1)));
        Assert.Equal([new TransferAnswer(Reason.None, 1)], await again.AskAsync(writer, Pay(writer, answered + 1)));
        Assert.Equal((Int128)answered + 1, again.Book.BalanceOf(To, AssetId.Gaib).Posted);
        Assert.DoesNotContain(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), file => file.EndsWith(".zero", StringComparison.Ordinal));
    }

    private static Transfer Pay(ulong writer, ulong sequence) =>
        new() { Id = Transfer.IdOf(writer, sequence), Debit = From, Credit = To, Amount = 1 };

    private void Mount(int mebibytes)
    {
        var refused = Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", _folder);
        if (refused.Length > 0)
        {
            Assert.Skip($"No small file system can be mounted here, which takes root on Linux: {refused}");
        }

        _isMounted = true;
    }

    private static string Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? "" : $"{program} ended with {process.ExitCode}: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
