using System.CommandLine;
using System.Globalization;
using Gaib.Cli.Settlement;
using Gaib.Silo;
using Gaib.Verify;
using Gaib.Verify.Models;

namespace Gaib.Cli.Demo;

/// <summary><c>gaib demo</c>: the whole economy once around, on real data.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var seed = Options.Seed();
        var directory = Options.Folder("--data-dir", "Where everything is kept. Default: ./gaib-data.", "gaib-data");
        var isShort = new Option<bool>("--short") { Description = "The same path on less data, in seconds." };
        var format = Options.Format();
        var threads = Options.Threads();
        var command = new Command("demo", "Runs the whole economy once around on one machine: contribute, value, lease, train, sell, pay, settle, verify.")
        {
            seed, directory, isShort, format, threads,
        };
        command.SetAction((parsed, _) => Ending.OfAsync(() => RunAsync(
            parsed.GetValue(seed),
            parsed.GetValue(directory)!,
            parsed.GetValue(isShort),
            parsed.GetValue(format) == "json",
            parsed.GetValue(threads))));
        return command;
    }

    /// <summary>Recomputes the export that was just written, and takes its first receipt apart.</summary>
    private static void VerifyExport(string directory, DemoView view)
    {
        view.Chapter("Verification");
        var report = ExportVerifier.Run(directory);
        if (report.ExitCode != VerificationReport.Holds)
        {
            throw new DemoException($"The export does not hold: {report.Findings.FirstOrDefault()}");
        }

        view.Line(string.Create(CultureInfo.InvariantCulture, $"the export in {directory}: {report.Lines.Values.Sum()} lines recomputed, all holds"));
        view.Show(ExportCommands.TreeOf(ReceiptExplanation.Explain(directory, null)));
    }

    private static async Task<int> RunAsync(ulong? seed, string directory, bool isShort, bool json, int threads)
    {
        var view = new DemoView(toError: json);
        using var hold = NodeDirectory.Take(directory);
        var chosen = DemoSettings.Claim(directory, seed, isShort);
        var scenario = new DemoScenario(chosen.Seed, chosen.IsShort);
        view.Title(string.Create(CultureInfo.InvariantCulture, $"Gaib demo, seed {scenario.Seed}"));
        var demo = await DemoRunner.RunAsync(scenario, hold, directory, threads, view);
        await using (demo.Node)
        {
            var report = await DemoReport.MakeAsync(demo, Path.Combine(directory, "export"));
            await DemoReport.ExportAsync(demo, report.ExportDir);
            report.Show(view);
            VerifyExport(report.ExportDir, view);
            if (json)
            {
                Console.Out.WriteLine(report.ToJson());
            }
        }

        return Ending.Done;
    }
}
