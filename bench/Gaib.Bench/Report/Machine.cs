using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gaib.Bench.Report;

/// <summary>What the figures were measured on.</summary>
/// <param name="Cores">Processors that the process may use.</param>
/// <param name="Cpu">The model's name.</param>
/// <param name="MemoryGiB">Memory of the machine.</param>
/// <param name="System">Operating system and runtime.</param>
/// <param name="Folder">Where both sides keep their files.</param>
/// <param name="FdatasyncMs">Milliseconds of writing 4 KiB into a file of zeros and flushing it there.</param>
/// <param name="LoadAverage">Of one minute, before the first measurement.</param>
internal sealed record Machine(
    int Cores, string Cpu, double MemoryGiB, string System, string Folder, Spread FdatasyncMs, string LoadAverage)
{
    private const int Block = 4096;
    private const int Flushes = 200;

    /// <summary>Looks at this machine and at the disk of a folder.</summary>
    public static Machine Of(string folder) => new(
        Environment.ProcessorCount,
        CpuModel(),
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
        Path.GetTempPath(),
        MeasureFdatasync(folder),
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown");

    /// <summary>In words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        machine: {Cores} cores, {Cpu}, {MemoryGiB} GiB; {System}
        disk: {Folder}, fdatasync of 4 KiB {FdatasyncMs.Median:F3} ms ({FdatasyncMs.Min:F3} to {FdatasyncMs.Max:F3}); load average {LoadAverage}
        """);

    private static string CpuModel() =>
        !File.Exists("/proc/cpuinfo") ? RuntimeInformation.ProcessArchitecture.ToString()
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static Spread MeasureFdatasync(string folder)
    {
        var path = Path.Combine(folder, "fdatasync");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, options: FileOptions.DeleteOnClose);
        RandomAccess.Write(file, new byte[Flushes * Block], 0);
        RandomAccess.FlushToDisk(file);
        var block = new byte[Block];
        block.AsSpan().Fill(1);
        var samples = new double[Flushes];
        for (var i = 0; i < Flushes; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, i * Block);
            if (SystemCalls.Fdatasync((int)file.DangerousGetHandle()) != 0)
            {
                throw new IOException($"fdatasync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            samples[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        return Spread.Of(samples);
    }
}

/// <summary>The system call that .NET does not offer.</summary>
internal static partial class SystemCalls
{
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Fdatasync(int file);
}
