using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Gaib.Abstractions.Ports;
using Gaib.Cli.Settlement;
using Gaib.Verify;
using Gaib.Verify.Models;

namespace Gaib.Cli.Demo;

/// <summary><c>gaib demo</c>: the whole economy once around, on real data.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var seed = new Option<ulong?>("--seed") { Description = "Fixes people, data split, misbehaviour and all results. Default: drawn, and printed." };
        var directory = new Option<string>("--data-dir") { Description = "Where everything is kept. Default: ./gaib-data.", DefaultValueFactory = _ => "gaib-data" };
        var isShort = new Option<bool>("--short") { Description = "The same path on less data, in seconds." };
        var format = new Option<string>("--format") { Description = "text, or json: one object on standard output, all else on standard error.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var threads = new Option<int>("--threads") { Description = "Threads of each CPU worker; changes no result.", DefaultValueFactory = _ => 1 };
        var command = new Command("demo", "Runs the whole economy once around on one machine: contribute, value, lease, train, sell, pay, settle, verify.")
        {
            seed, directory, isShort, format, threads,
        };
        command.SetAction(async (parsed, _) => await RunAsync(
            parsed.GetValue(seed),
            parsed.GetValue(directory)!,
            parsed.GetValue(isShort),
            parsed.GetValue(format) == "json",
            parsed.GetValue(threads)));
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
        try
        {
            var chosen = DemoSettings.Claim(directory, seed, isShort);
            var scenario = new DemoScenario(chosen.Seed, chosen.IsShort);
            view.Title(string.Create(CultureInfo.InvariantCulture, $"Gaib demo, seed {scenario.Seed}"));
            var demo = await DemoRunner.RunAsync(scenario, directory, threads, view);
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

            return 0;
        }
        catch (Exception fault) when (fault is DemoException or ArgumentException or JournalUnavailableException or IOException)
        {
            view.Bad(fault.Message);
            return 1;
        }
    }
}

/// <summary>What a data directory's demo was started with; a resumed demo goes on with the same.</summary>
internal sealed record DemoSettings(ulong Seed, bool IsShort)
{
    /// <summary>The settings of a directory that a demo has used before, or null.</summary>
    public static DemoSettings? Find(string directory) =>
        File.Exists(PathIn(directory)) && File.ReadAllText(PathIn(directory)).Split(' ') is [var number, var length, ..]
            ? new DemoSettings(ulong.Parse(number, CultureInfo.InvariantCulture), length == "short")
            : null;

    private static string PathIn(string directory) => Path.Combine(directory, "demo-seed");

    /// <summary>Takes over the directory's settings, or claims an empty directory with new ones.</summary>
    /// <exception cref="ArgumentException">The directory belongs to a demo with other settings.</exception>
    public static DemoSettings Claim(string directory, ulong? seed, bool isShort)
    {
        Directory.CreateDirectory(directory);
        var path = PathIn(directory);
        if (Find(directory) is { } known)
        {
            return (seed is null || seed == known.Seed) && isShort == known.IsShort
                ? known
                : throw new ArgumentException(
                    $"{directory} holds a demo of seed {known.Seed}{(known.IsShort ? " (--short)" : "")}. Resume it with the same settings, or choose another --data-dir.");
        }

        var drawn = new DemoSettings(seed ?? (ulong)RandomNumberGenerator.GetInt32(1, int.MaxValue), isShort);

        // Renamed into place, so that a process killed here leaves either no settings or whole ones.
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{drawn.Seed} {(isShort ? "short" : "full")} demo\n"));
        File.Move(path + ".new", path, overwrite: true);
        return drawn;
    }
}
