namespace Gaib.EndToEnd.Tests;

/// <summary>What the program says to whoever asks for something that can't be, and how it exits then.</summary>
public sealed class UsageTests(FinishedDemo finished)
{
    [Theory]
    [InlineData("demo --threads 0", "--threads takes a whole number from 1 to 256, not '0'.")]
    [InlineData("demo --threads two", "--threads takes a whole number from 1 to 256, not 'two'.")]
    [InlineData("demo --seed abc", "--seed takes a whole number from 0 to 18446744073709551615, not 'abc'.")]
    [InlineData("demo --seed -3", "--seed takes a whole number from 0 to 18446744073709551615, not '-3'.")]
    [InlineData("demo --format xml", "--format takes text or json, not 'xml'.")]
    [InlineData("export --out DIR/out --burn all", "--burn takes door, round and test with commas between, not 'all'.")]
    [InlineData("export", "Option '--out' is required.")]
    [InlineData("explain 0x12", "'0x12' is not the hash of a receipt. A hash has 64 hexadecimal digits, got 2.")]
    public async Task Arguments_NotAllowed_AreNamedBeforeAnythingIsTouched(string line, string said)
    {
        using var folder = new TemporaryFolder();
        var arguments = line.Replace("DIR", folder.Path, StringComparison.Ordinal).Split(' ');
        string[] where = arguments[0] == "explain" ? [] : ["--data-dir", folder.Of("node")];
        var refused = await GaibProcess.RunAsync([.. arguments, .. where]);
        Assert.Equal((2, "", $"{said}\ngaib {arguments[0]} --help says what it takes."), (refused.ExitCode, refused.Output, refused.Errors));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task DataDirectory_Empty_IsNotAllowed()
    {
        var refused = await GaibProcess.RunAsync("demo", "--data-dir", "");
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("--data-dir takes the name of a folder, not an empty text.", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WhatIsNoExport_SaysWhatItIs()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Of("node"));
        await AssertAsync(2, $"{folder.Of("node")} is a node's data directory; did you mean {folder.Of("node/export")}?", "verify", folder.Of("node"));
        await AssertAsync(2, $"{folder.Of("node")} is a node's data directory; did you mean {folder.Of("node/export")}?", "explain", "--export", folder.Of("node"));
        await AssertAsync(2, $"{folder.Path} holds no export: there is no network.json.", "verify", folder.Path);
        await AssertAsync(2, $"{folder.Of("nope")} is no folder. Name the folder of an export, for one gaib-data/export.", "verify", folder.Of("nope"));
    }

    [Fact]
    public async Task DataDirectory_InUse_IsOneSentenceAndLeftAlone()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        File.Delete(folder.Of(".owner"));
        using var owner = new FileStream(folder.Of(".owner"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var said = $"{folder.Path} is in use by another process. Stop that one first, or choose another data directory.";
        await AssertAsync(1, said, DemoRun.Arguments(folder.Path, FinishedDemo.Seed));
        await AssertAsync(1, said, "demo", "--data-dir", folder.Path);
        await AssertAsync(1, said, "export", "--data-dir", folder.Path, "--out", folder.Of("out"));
        Assert.False(Directory.Exists(folder.Of("out")));
    }

    [Fact]
    public async Task DataDirectory_ThatCannotBe_IsOneSentence()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("file"), "", TestContext.Current.CancellationToken);
        var refused = await GaibProcess.RunAsync("demo", "--data-dir", folder.Of("file"));
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith($"{folder.Of("file")} can't be a data directory: ", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refused.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chunks", "has the hash 0x")]
    [InlineData("grains", "is corrupt at offset")]
    public async Task Export_OfADirectoryWithSpoiltFiles_IsOneSentence(string store, string said)
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        foreach (var file in Directory.EnumerateFiles(folder.Of(store), "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0))
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        }

        var refused = await GaibProcess.RunAsync("export", "--data-dir", folder.Path, "--out", folder.Of("out"));
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains(said, refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Export_SaysItsGenesisAndWhatIsOnlyAsserted()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var genesis = (await File.ReadAllTextAsync(folder.Of("network"), TestContext.Current.CancellationToken)).Trim();
        var short_ = await GaibProcess.RunAsync("verify", folder.Of("export"));
        var lines = short_.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"genesis {genesis}; compare it with the one that you know", lines[0]);
        Assert.StartsWith("all holds: ", lines[1], StringComparison.Ordinal);
        Assert.Matches("^[0-9]+ fields are asserted and nothing can check them; --asserted lists them$", lines[2]);

        var whole = await GaibProcess.RunAsync("verify", folder.Of("export"), "--asserted");
        var asserted = whole.Output.Split('\n').Count(line => line.StartsWith("asserted: ", StringComparison.Ordinal));
        Assert.StartsWith($"{asserted} fields", lines[2], StringComparison.Ordinal);
        Assert.Contains("asserted: transfers.ndjson at: ", whole.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_ToAFile_ShortensAndBreaksNoAddress()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var explained = await GaibProcess.RunAsync("explain", "--export", folder.Of("export"));
        Assert.Equal(0, explained.ExitCode);
        foreach (var row in finished.Report["contributors"]!.AsArray().Where(row => row!["shares"]!.GetValue<string>() != "0"))
        {
            Assert.Contains(row!["account"]!.GetValue<string>() + ": ", explained.Output, StringComparison.Ordinal);
        }

        Assert.Matches("answered the call on GPU 0x[0-9a-f]{64}; held until the epoch's check", explained.Output);
    }

    [Fact]
    public async Task Demo_StartedAgain_SaysWhatWasDoneBeforeAndRunsNoneOfIt()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var again = await GaibProcess.RunAsync(DemoRun.Arguments(folder.Path, FinishedDemo.Seed));
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Contains("resumed: step 'round 5' already done", again.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("rounds: ", again.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("calls 1 to", again.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (int)DemoRun.Parse(again.Output)["executed"]!["calls"]!);
    }

    [Fact]
    public async Task Demo_SettlementCutShort_CountsEveryVoucher()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        Undisturbed.Forget(folder.Path, "settle");
        var again = await GaibProcess.RunAsync(DemoRun.Arguments(folder.Path, FinishedDemo.Seed));
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Contains("16 vouchers, each with 2 of 3 settlers' signatures", again.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing to settle", again.Errors, StringComparison.Ordinal);
    }

    private static async Task AssertAsync(int exitCode, string said, params string[] arguments)
    {
        var refused = await GaibProcess.RunAsync(arguments);
        Assert.Equal((exitCode, "", said), (refused.ExitCode, refused.Output, refused.Errors));
    }
}
