namespace Gaib.EndToEnd.Tests;

/// <summary>The commands that read an export, with their exit codes, as a stranger would run them.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task Verify_WholeChangedAndIncompleteExport_ExitsAsDocumented()
    {
        using var folder = new TemporaryFolder();
        var report = await DemoRun.ReportAsync(folder.Of("node"), seed: 31);
        var export = report["exportDir"]!.GetValue<string>();
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

        // An export that burns nothing has no door, round or test part, so part of it can't be replayed.
        var closed = folder.Of("closed");
        Assert.Equal(0, (await GaibProcess.RunAsync("export", "--data-dir", folder.Of("node"), "--out", closed)).ExitCode);
        var partly = await GaibProcess.RunAsync("verify", closed);
        Assert.True(partly.ExitCode == 3, partly.Errors);
        Assert.Contains("not replayed", partly.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_IntoAFolderOfOtherThings_IsRefusedAndLeavesThemAlone()
    {
        using var folder = new TemporaryFolder();
        await DemoRun.ReportAsync(folder.Of("node"), seed: 31);
        var precious = folder.Of("precious.txt");
        await File.WriteAllTextAsync(precious, "kept", TestContext.Current.CancellationToken);
        var refused = await GaibProcess.RunAsync("export", "--data-dir", folder.Of("node"), "--out", folder.Path);
        Assert.Equal(1, refused.ExitCode);
        Assert.True(File.Exists(precious));
    }
}
