using System.Text.Json.Nodes;

namespace Gaib.EndToEnd.Tests;

/// <summary>The commands that read an export, with their exit codes, as a stranger would run them.</summary>
public sealed class VerifyTests(FinishedDemo finished)
{
    [Fact]
    public async Task Verify_WholeChangedAndIncompleteExport_ExitsAsDocumented()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Of("node"));
        var export = folder.Of("node/export");
        Assert.Equal(0, (await GaibProcess.RunAsync("verify", export)).ExitCode);

        var explained = await GaibProcess.RunAsync("explain", "--export", export);
        Assert.Equal(0, explained.ExitCode);
        Assert.Contains("receipt 0x", explained.Output, StringComparison.Ordinal);

        var accounts = Path.Combine(export, "accounts.ndjson");
        var text = await File.ReadAllTextAsync(accounts, TestContext.Current.CancellationToken);
        var changed = text.Replace("\"credits\":\"1", "\"credits\":\"2", StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        await File.WriteAllTextAsync(accounts, changed, TestContext.Current.CancellationToken);
        var refused = await GaibProcess.RunAsync("verify", export);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("accounts.ndjson:", refused.Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(accounts, text, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Verify_ExportWithoutTheHeldBackParts_SaysWhatItCouldNotReplay()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Path);
        var job = JsonNode.Parse((await File.ReadAllLinesAsync(folder.Of("export/jobs.ndjson"), TestContext.Current.CancellationToken))[1])!;
        foreach (var part in job["heldBack"]!.AsArray())
        {
            File.Delete(Path.Combine(folder.Of("export/blobs"), part!["blob"]!.GetValue<string>()[2..]));
        }

        var partly = await GaibProcess.RunAsync("verify", folder.Of("export"));
        Assert.True(partly.ExitCode == 3, partly.Errors + partly.Output);
        Assert.Contains("not replayed: jobs.ndjson:2 heldBack[0].blob", partly.Output, StringComparison.Ordinal);
        Assert.Contains("all that could be checked holds", partly.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_IntoAFolderOfOtherThings_IsRefusedAndLeavesThemAlone()
    {
        using var folder = new TemporaryFolder();
        finished.CopyTo(folder.Of("node"));

        // An export, and in it something that somebody keeps there.
        var export = folder.Of("node/export");
        var precious = Path.Combine(export, "precious.txt");
        await File.WriteAllTextAsync(precious, "kept", TestContext.Current.CancellationToken);
        var refused = await GaibProcess.RunAsync("export", "--data-dir", folder.Of("node"), "--out", export);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Equal($"{export} holds precious.txt, which is of no export. Choose an empty or new folder.", refused.Errors);
        Assert.True(File.Exists(precious));
        Assert.Equal(0, (await GaibProcess.RunAsync("verify", export)).ExitCode);
    }
}
