using System.Collections.Immutable;
using Gaib.Verify.Compute;
using Gaib.Verify.Data;
using Gaib.Verify.Models;
using Gaib.Verify.Reading;
using Gaib.Verify.Training;

namespace Gaib.Verify;

/// <summary>Recomputes an export from its files alone. The format is docs/reference/export.md.</summary>
public static class ExportVerifier
{
    // In this order, because each check takes for granted what the checks before it have shown. The first one that finds something is
    // the last one that runs: what stands on broken ground says nothing.
    private static readonly (string Name, Action<ExportData, Findings> Check)[] Checks =
    [
        ("jobs", JobCheck.Run),
        ("datasets", DatasetCheck.Run),
        ("chunks", ChunkCheck.Run),
        ("valuations", ValuationCheck.Run),
        ("gpus", GpuCheck.Run),
        ("orders and leases", MarketCheck.Run),
        ("runs", RunCheck.Run),
        ("rates", RateCheck.Run),
        ("models", LineageCheck.Run),
        ("shares", ShareCheck.Run),
    ];

    /// <summary>Verifies an export.</summary>
    /// <param name="directory">The folder that <c>gaib export</c> wrote.</param>
    /// <param name="progress">Is told the name of each check before it runs; may be null.</param>
    /// <returns>What does not hold, what was not executed again, and what nothing can check.</returns>
    public static VerificationReport Run(string directory, Action<string>? progress = null)
    {
        var findings = new Findings();
        var folder = new ExportFolder(directory, findings);
        progress?.Invoke("files");
        var data = ExportData.Read(folder);
        if (data is not null && !findings.Any)
        {
            foreach (var (name, check) in Checks)
            {
                progress?.Invoke(name);
                check(data, findings);
                if (findings.Any)
                {
                    break;
                }
            }
        }

        return new VerificationReport(
            [.. findings.Kept], findings.Count, [.. findings.NotReplayed], Asserted.Fields, folder.Lines.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }
}
