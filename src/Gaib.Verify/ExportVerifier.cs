using System.Collections.Immutable;
using Gaib.Cuda;
using Gaib.Domain.Training;
using Gaib.Verify.Compute;
using Gaib.Verify.Data;
using Gaib.Verify.Governance;
using Gaib.Verify.Models;
using Gaib.Verify.Money;
using Gaib.Verify.Reading;
using Gaib.Verify.Revenue;
using Gaib.Verify.Settlement;
using Gaib.Verify.Training;

namespace Gaib.Verify;

/// <summary>Recomputes an export from its files alone. The format is docs/reference/export.md.</summary>
public static class ExportVerifier
{
    // In this order, because each check takes for granted what the checks before it have shown. The first one that finds something is
    // the last one that runs: what stands on broken ground says nothing.
    private static readonly (string Name, Action<ExportData, Findings> Check)[] Checks =
    [
        ("network", NetworkCheck.Check),
        ("commands", CommandsCheck.Check),
        ("beacons", BeaconsCheck.Check),
        ("jobs", JobsCheck.Check),
        ("valued jobs", ValuationsCheck.CheckJobs),
        ("datasets", DatasetsCheck.Check),
        ("chunks", ChunksCheck.Check),
        ("valuations", ValuationsCheck.Check),
        ("standing of datasets", DatasetsCheck.CheckPhases),
        ("gpus", GpusCheck.Check),
        ("ends of leases", EndsCheck.CheckRounds),
        ("orders and leases", MarketCheck.Check),
        ("leases that took their GPU along", EndsCheck.CheckGpus),
        ("runs", RunsCheck.Check),
        ("rates", RatesCheck.Check),
        ("standing of GPUs", StandingCheck.Check),
        ("models", ModelsCheck.Check),
        ("shares", SharesCheck.Check),
        ("prices", PricesCheck.Check),
        ("sessions", SessionsCheck.Check),
        ("receipts", ReceiptsCheck.Check),
        ("acknowledgements", AcknowledgementsCheck.Check),
        ("answers", AnswersCheck.Check),
        ("host epochs", HostEpochsCheck.Check),
        ("commitments", CommitmentsCheck.Check),
        ("assets", AssetsCheck.Check),
        ("transfers", TransfersCheck.Check),
        ("accounts", AccountsCheck.Check),
        ("pools", PoolsCheck.Check),
        ("settlements", SettlementsCheck.Check),
        ("roots", RootsCheck.Check),
        ("what is open", OpenItems.Check),
    ];

    /// <summary>Verifies an export.</summary>
    /// <param name="directory">The folder that <c>gaib export</c> wrote.</param>
    /// <param name="progress">Is told the name of each check before it runs; may be null.</param>
    /// <param name="device">Where work is executed again; null for all cores of this machine. Every device gives the same bytes.</param>
    /// <returns>What does not hold, what was not executed again, and what nothing can check.</returns>
    public static VerificationReport Run(string directory, Action<string>? progress = null, IDevice? device = null)
    {
        var findings = new Findings();
        var folder = new ExportFolder(directory, findings);
        progress?.Invoke("files");
        var data = ExportData.Read(folder, device ?? CpuDevice.Create(Environment.ProcessorCount));
        if (data is not null && !findings.Any)
        {
            foreach (var (name, check) in Checks)
            {
                progress?.Invoke(name);
                RunOne(name, check, data, findings);
                if (findings.Any)
                {
                    break;
                }
            }
        }

        return new VerificationReport(
            [.. findings.Kept], findings.Count, [.. findings.NotReplayed], Asserted.Fields, folder.Lines.ToImmutableSortedDictionary(StringComparer.Ordinal))
        {
            Genesis = data?.Genesis ?? default,
            Open = findings.Any ? [] : [.. findings.Open],
        };
    }

    /// <summary>Whatever somebody wrote into an export, a check ends with findings: one that can't go on has found something.</summary>
    private static void RunOne(string name, Action<ExportData, Findings> check, ExportData data, Findings findings)
    {
        try
        {
            check(data, findings);
        }
        catch (Exception fault) when (fault is ArithmeticException or ArgumentException or FormatException or InvalidOperationException
            or KeyNotFoundException or IndexOutOfRangeException or NullReferenceException)
        {
            findings.Add(new LineAt("export", 0), name, "values that fit together", fault.Message);
        }
    }
}
